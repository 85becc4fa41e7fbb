import { expect, test } from "vitest";
import { subPathConfiguration } from "../../../policies/storage/sub-path-configuration.ts";
import { foundBy, messagesOf } from "../world.ts";

const mount = "Deployment/web spec.template.spec.containers.0.volumeMounts";
const file = { [`${mount}.0.subPath`]: "web.yaml" };
const path = "Deployment/web spec.template.spec.containers[0].volumeMounts";

test("folders are mounted whole", () => {
  expect(foundBy(subPathConfiguration)).toEqual([]);
});

test("one file of a ConfigMap or a Secret", () => {
  expect(foundBy(subPathConfiguration, file)).toEqual([`${path}[0].subPath`]);
  expect(foundBy(subPathConfiguration, { [`${mount}.1.subPathExpr`]: "$(POD)" })).toEqual([
    `${path}[1].subPathExpr`,
  ]);
  expect(messagesOf(subPathConfiguration, file)[0]).toMatch(
    /^container web mounts one file of ConfigMap web-settings\. .* Mount the whole volume /,
  );
});

test.each([
  { "Deployment/web spec.template.metadata.annotations": { "checksum/config": "a1b2" } },
  { "ConfigMap/web-settings immutable": true },
  { "Deployment/web spec.template.spec.volumes.0.configMap.name": "web-settings-6ct58987ht" },
  { "Deployment/web kind": "Job" },
])("%j: a change rolls the pods", (change) => {
  expect(foundBy(subPathConfiguration, { ...file, ...change })).toEqual([]);
});

test("data may be below a volume, and an init container reads once", () => {
  expect(foundBy(subPathConfiguration, { [`${mount}.2.subPath`]: "tmp" })).toEqual([]);
  const once = [{ name: "settings", mountPath: "/web.yaml", subPath: "web.yaml" }];
  const init = { "Deployment/web spec.template.spec.initContainers.0.volumeMounts": once };
  expect(foundBy(subPathConfiguration, init)).toEqual([]);
});
