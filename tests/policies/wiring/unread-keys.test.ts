import { expect, test } from "vitest";
import { unreadKeys } from "../../../policies/wiring/unread-keys.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const source = (kind: string, data: object, more: object = {}) => ({
  [`${kind}/other`]: {
    apiVersion: "v1",
    kind,
    metadata: { name: "other", namespace: "shop" },
    data,
    ...more,
  },
});
const reads = (field: string, key: string) => ({
  [`${pod}.containers.0.env`]: [{ name: "A", valueFrom: { [field]: { name: "other", key } } }],
});
const twoKeys = { ...source("ConfigMap", { HOST: "a", "b.conf": "b" }), ...reads("configMapKeyRef", "HOST") };

test("every key is read", () => {
  expect(foundBy(unreadKeys)).toEqual([]);
});

test("a key beside those that are read is reported", () => {
  expect(foundBy(unreadKeys, twoKeys)).toEqual(['ConfigMap/other data["b.conf"]']);
  expect(messagesOf(unreadKeys, twoKeys)[0]).toMatch(
    /^nothing reads key b.conf; of this ConfigMap, pods read HOST\./,
  );
  expect(
    foundBy(unreadKeys, {
      ...source("Secret", { used: "YQ==" }, { stringData: { token: "b" } }),
      ...reads("secretKeyRef", "used"),
    }),
  ).toEqual(["Secret/other stringData.token"]);
});

test("files of a volume and of single mounts count", () => {
  const volume = (configMap: object) => ({
    ...source("ConfigMap", { a: "1", b: "2" }),
    [`${pod}.volumes.0.configMap`]: { name: "other", ...configMap },
  });
  expect(foundBy(unreadKeys, volume({}))).toEqual([]);
  expect(foundBy(unreadKeys, volume({ items: [{ key: "a", path: "a" }] }))).toEqual([
    "ConfigMap/other data.b",
  ]);
  expect(foundBy(unreadKeys, { ...volume({}), [`${pod}.containers.0.volumeMounts.0.subPath`]: "b" })).toEqual(
    ["ConfigMap/other data.a"],
  );
});

test("a volume with some of a Secret's files keeps the others from its pod", () => {
  expect(
    foundBy(unreadKeys, {
      ...source("Secret", { used: "YQ==", other: "Yg==" }),
      [`${pod}.volumes.1.secret`]: { secretName: "other", items: [{ key: "used", path: "used" }] },
    }),
  ).toEqual([]);
});

test("a ConfigMap's key may be called type", () => {
  const changes = { ...source("ConfigMap", { type: "a", HOST: "b" }), ...reads("configMapKeyRef", "HOST") };
  expect(foundBy(unreadKeys, changes)).toEqual(["ConfigMap/other data.type"]);
});

test.each([
  [
    "somebody takes the whole",
    { [`${pod}.initContainers.0.envFrom`]: [{ configMapRef: { name: "other" } }] },
  ],
  [
    "a program may ask for it",
    { "Role/nightly rules.0": { apiGroups: [""], resources: ["configmaps"], verbs: ["get"] } },
  ],
])("nothing is said where %s", (_, changes) => {
  expect(foundBy(unreadKeys, { ...twoKeys, ...changes })).toEqual([]);
});

test.each([
  ["of a type", source("Secret", { "tls.crt": "", "tls.key": "" }, { type: "kubernetes.io/tls" }), "tls.crt"],
  ["of a service binding", source("Secret", { type: "", host: "", password: "" }), "password"],
])("nothing is said of Secrets %s", (_, secret, key) => {
  expect(foundBy(unreadKeys, { ...secret, ...reads("secretKeyRef", key) })).toEqual([]);
});

test("nothing is said of keys where nothing mounts the volume, which is another rule's matter", () => {
  const mount = { [`${pod}.containers.0.volumeMounts.0.name`]: "setings" };
  expect(foundBy(unreadKeys, mount)).toEqual([]);
  const items = { [`${pod}.volumes.0.configMap.items`]: [{ key: "a", path: "a" }] };
  const more = { "ConfigMap/web-settings data.a": "1", ...items };
  expect(foundBy(unreadKeys, more)).toEqual(['ConfigMap/web-settings data["web.yaml"]']);
  expect(foundBy(unreadKeys, { ...more, ...mount })).toEqual([]);
});

test("a reference without a key reads none, and tells nothing of the others", () => {
  const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "other" } } }];
  const changes = { ...source("ConfigMap", { a: "1" }), [`${pod}.containers.0.env`]: env };
  expect(foundBy(unreadKeys, changes)).toEqual([]);
});
