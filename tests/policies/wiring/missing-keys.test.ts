import { expect, test } from "vitest";
import { missingKeys } from "../../../policies/wiring/missing-keys.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const variable = (key: string, optional?: boolean) => ({
  [`${pod}.containers.0.env`]: [
    { name: "THEME", valueFrom: { configMapKeyRef: { name: "web-settings", key, optional } } },
  ],
});

test("keys that are asked for are there", () => {
  expect(foundBy(missingKeys)).toEqual([]);
  expect(foundBy(missingKeys, variable("web.yaml"))).toEqual([]);
});

test("a key that is not there is refused", () => {
  expect(foundBy(missingKeys, variable("theme"))).toEqual([
    "Deployment/web spec.template.spec.containers[0].env[0].valueFrom.configMapKeyRef.key",
  ]);
  expect(messagesOf(missingKeys, variable("theme"))[0]).toMatch(
    /^container web asks for key theme of ConfigMap web-settings, which has web.yaml\./,
  );
  expect(foundBy(missingKeys, { [`${pod}.volumes.0.configMap.items`]: [{ key: "x", path: "x" }] })).toEqual([
    "Deployment/web spec.template.spec.volumes[0].configMap.items[0].key",
  ]);
});

test("an optional key may be missing, and what is empty is filled by somebody else", () => {
  expect(foundBy(missingKeys, variable("theme", true))).toEqual([]);
  expect(foundBy(missingKeys, { ...variable("theme"), "ConfigMap/web-settings data": undefined })).toEqual(
    [],
  );
});
