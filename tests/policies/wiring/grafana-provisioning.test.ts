import { expect, test } from "vitest";
import { grafanaProvisioning } from "../../../policies/wiring/grafana-provisioning.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const found = ["Deployment/web spec.template.spec.containers[0].volumeMounts[0].mountPath"];
const files = {
  "sources.yaml": "apiVersion: 1\ndatasources: []\n",
  "boards.yml": "apiVersion: 1\nproviders: []\n",
};

/** The world's web server as a Grafana with these files at this place. */
const grafana = (
  mountPath: string,
  data: object = { "sources.yaml": files["sources.yaml"] },
  more: object = {},
) => ({
  [`${pod}.containers.0.image`]: "registry.example/grafana/grafana:13.2.0",
  [`${pod}.containers.0.volumeMounts.0.mountPath`]: mountPath,
  "ConfigMap/web-settings data": data,
  ...more,
});

test("files in the folder of their sort are accepted", () => {
  expect(foundBy(grafanaProvisioning, grafana("/etc/grafana/provisioning/datasources"))).toEqual([]);
  const boards = { "boards.yml": files["boards.yml"] };
  expect(foundBy(grafanaProvisioning, grafana("/etc/grafana/provisioning/dashboards/", boards))).toEqual([]);
});

test.each([
  ["provisioning itself", "/etc/grafana/provisioning"],
  ["the folder of another sort", "/etc/grafana/provisioning/dashboards"],
  ["a folder below", "/etc/grafana/provisioning/datasources/shop"],
])("files in %s are refused", (_, place) => {
  expect(foundBy(grafanaProvisioning, grafana(place))).toEqual(found);
});

test("one message names all files of a mount", () => {
  expect(messagesOf(grafanaProvisioning, grafana("/etc/grafana/provisioning", files))).toEqual([
    "container web has /etc/grafana/provisioning/sources.yaml and /etc/grafana/provisioning/boards.yml, where Grafana does not look. Grafana starts without these data sources and dashboards, and says nothing of it. Mount sources.yaml in /etc/grafana/provisioning/datasources, boards.yml in /etc/grafana/provisioning/dashboards.",
  ]);
});

test("a folder that Grafana is told counts", () => {
  const env = { [`${pod}.containers.0.env`]: [{ name: "GF_PATHS_PROVISIONING", value: "/etc/shop" }] };
  expect(foundBy(grafanaProvisioning, grafana("/etc/shop/datasources", undefined, env))).toEqual([]);
  expect(foundBy(grafanaProvisioning, grafana("/etc/shop", undefined, env))).toEqual(found);
});

test.each([
  ["dashboards themselves", grafana("/etc/grafana/provisioning", { "shop.json": "{}" })],
  ["what is no YAML", grafana("/etc/grafana/provisioning", { "sources.json": '{"datasources": []}' })],
  ["files that a script takes", grafana("/templates")],
  [
    "other programs",
    { ...grafana("/etc/grafana/provisioning"), [`${pod}.containers.0.image`]: "registry.example/web:1" },
  ],
])("nothing is said of %s", (_, changes) => {
  expect(foundBy(grafanaProvisioning, changes)).toEqual([]);
});

test("items give files their places", () => {
  const items = [{ key: "sources.yaml", path: "datasources/sources.yaml" }];
  const changes = grafana("/etc/grafana/provisioning", undefined, {
    [`${pod}.volumes.0.configMap.items`]: items,
  });
  expect(foundBy(grafanaProvisioning, changes)).toEqual([]);
});
