import { expect, test } from "vitest";
import { dataKeys } from "../../../policies/validity/data-keys.ts";
import { foundBy } from "../world.ts";

const data = (key: string) => ({ "ConfigMap/web-settings data": { [key]: "" } });

test.each(["web.yaml", "A_b-1", ".hidden", "a".repeat(253), "{{ .Values.key }}"])("%s is a key", (key) => {
  expect(foundBy(dataKeys, data(key))).toEqual([]);
});

test.each(["conf.d/web.yaml", "a b", "..data", ".", "über", "a".repeat(254)])("%s is none", (key) => {
  const path = /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  expect(foundBy(dataKeys, data(key))).toEqual([`ConfigMap/web-settings data${path}`]);
});

test("a key is text or binary, and of a Secret plain or encoded", () => {
  expect(foundBy(dataKeys, { "ConfigMap/web-settings binaryData": { "web.yaml": "YQ==" } })).toEqual([
    'ConfigMap/web-settings binaryData["web.yaml"]',
  ]);
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "login", namespace: "shop" },
    data: { a: "YQ==", "b/c": "" },
    stringData: { a: "a", "c d": "" },
  };
  expect(foundBy(dataKeys, { "Secret/login": secret })).toEqual([
    'Secret/login data["b/c"]',
    'Secret/login stringData["c d"]',
  ]);
});
