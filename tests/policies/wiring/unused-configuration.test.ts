import { expect, test } from "vitest";
import { unusedConfiguration } from "../../../policies/wiring/unused-configuration.ts";
import { foundBy, messagesOf } from "../world.ts";

const other = (changes: object = {}) => ({
  "ConfigMap/other": {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "other", namespace: "shop", ...changes },
    data: { a: "b" },
  },
});

test("every ConfigMap is used", () => {
  expect(foundBy(unusedConfiguration)).toEqual([]);
});

test("one that nobody names is reported", () => {
  expect(foundBy(unusedConfiguration, other())).toEqual(["ConfigMap/other metadata.name"]);
  expect(messagesOf(unusedConfiguration, other())[0]).toMatch(/^nothing reads ConfigMap other\./);
});

test("a volume that is called like it does not read it", () => {
  const pod = "Deployment/web spec.template.spec";
  expect(
    foundBy(unusedConfiguration, {
      ...other(),
      [`${pod}.volumes.2.name`]: "other",
      [`${pod}.containers.0.volumeMounts.2.name`]: "other",
    }),
  ).toEqual(["ConfigMap/other metadata.name"]);
});

test.each([
  [
    "is an argument of a controller",
    { "Deployment/web spec.template.spec.containers.0.args": ["--settings=shop/other"] },
  ],
  ["is in another namespace than all pods", { "ConfigMap/other metadata.namespace": "elsewhere" }],
  ["is found by its label", { "ConfigMap/other metadata.labels": { grafana_dashboard: "1" } }],
  [
    "may be asked for by a program",
    { "Role/nightly rules.0": { apiGroups: [""], resources: ["configmaps"], verbs: ["get"] } },
  ],
])("nothing is said of one that %s", (_, changes) => {
  expect(foundBy(unusedConfiguration, { ...other(), ...changes })).toEqual([]);
});

test("nothing is said where a pod names one that is not there by a similar name", () => {
  const name = "Deployment/web spec.template.spec.volumes.0.configMap.name";
  expect(foundBy(unusedConfiguration, { [name]: "web-setings" })).toEqual([]);
  expect(foundBy(unusedConfiguration, { [name]: "elsewhere" })).toEqual([
    "ConfigMap/web-settings metadata.name",
  ]);
});
