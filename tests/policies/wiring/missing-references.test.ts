import { expect, test } from "vitest";
import { stackOf } from "../../../policies/objects/stack.ts";
import { missingReferences } from "../../../policies/wiring/missing-references.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const secret = (name: string, namespace = "shop") => ({
  [`Secret/${name}`]: { apiVersion: "v1", kind: "Secret", metadata: { name, namespace } },
});
const claim = {
  "PersistentVolumeClaim/other": {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "other", namespace: "shop" },
  },
};

test("what pods name is there", () => {
  expect(foundBy(missingReferences)).toEqual([]);
});

test.each([
  ["a ConfigMap", { [`${pod}.volumes.0.configMap.name`]: "web-config" }, "volumes[0].configMap.name"],
  ["an account", { [`${pod}.serviceAccountName`]: "wbe" }, "serviceAccountName"],
  [
    "an account in the older field",
    { [`${pod}.serviceAccountName`]: undefined, [`${pod}.serviceAccount`]: "wbe" },
    "serviceAccount",
  ],
  [
    "a variable's ConfigMap",
    {
      [`${pod}.initContainers.0.env`]: [
        { name: "A", valueFrom: { configMapKeyRef: { name: "none", key: "a" } } },
      ],
    },
    "initContainers[0].env[0].valueFrom.configMapKeyRef.name",
  ],
  [
    "a whole environment",
    { [`${pod}.containers.0.envFrom`]: [{ configMapRef: { name: "none" } }] },
    "containers[0].envFrom[0].configMapRef.name",
  ],
  [
    "a projected ConfigMap",
    { [`${pod}.volumes.0`]: { name: "settings", projected: { sources: [{ configMap: { name: "none" } }] } } },
    "volumes[0].projected.sources[0].configMap.name",
  ],
  [
    "a claim",
    { ...claim, [`${pod}.volumes.0`]: { name: "settings", persistentVolumeClaim: { claimName: "none" } } },
    "volumes[0].persistentVolumeClaim.claimName",
  ],
])("%s that nobody makes is refused", (_, changes, path) => {
  expect(foundBy(missingReferences, changes)).toEqual([`Deployment/web spec.template.spec.${path}`]);
});

test("a Secret is refused where the set makes Secrets there, or this one elsewhere", () => {
  const path = "spec.template.spec.volumes";
  expect(foundBy(missingReferences, secret("other"))).toEqual([
    `Deployment/web ${path}[1].secret.secretName`,
    `StatefulSet/store ${path}[0].secret.secretName`,
  ]);
  expect(messagesOf(missingReferences, secret("store-credentials", "prod"))[0]).toBe(
    "volume store names Secret store-credentials, which is not in namespace shop; the one of namespace prod cannot be used. The pods are never created, or never start. Make Secret store-credentials there, or name one that is.",
  );
});

test("an object is asked for once, however often it is named", () => {
  expect(
    foundBy(missingReferences, {
      [`${pod}.containers.0.envFrom`]: [
        { configMapRef: { name: "none" } },
        { configMapRef: { name: "none" } },
      ],
    }),
  ).toHaveLength(1);
});

test.each([
  ["an optional one", { [`${pod}.volumes.0.configMap`]: { name: "none", optional: true } }],
  [
    "Kubernetes' own",
    {
      [`${pod}.volumes.0.configMap.name`]: "kube-root-ca.crt",
      "ServiceAccount/web": undefined,
      [`${pod}.serviceAccountName`]: "default",
    },
  ],
  [
    "a StatefulSet's claim",
    {
      ...claim,
      [`${pod}.volumes.0`]: { name: "settings", persistentVolumeClaim: { claimName: "data-store-0" } },
    },
  ],
  [
    "a volume that a claim's template replaces",
    {
      ...claim,
      "StatefulSet/store spec.template.spec.volumes.1": {
        name: "data",
        persistentVolumeClaim: { claimName: "data" },
      },
    },
  ],
  ["a kind that the set makes none of", { "ConfigMap/web-settings": undefined }],
  [
    "a certificate's Secret",
    {
      ...secret("other"),
      "StatefulSet/store": undefined,
      "Certificate/web": {
        apiVersion: "cert-manager.io/v1",
        kind: "Certificate",
        metadata: { name: "web", namespace: "shop" },
        spec: { secretName: "store-credentials" },
      },
    },
  ],
  [
    "what a program there may make itself",
    {
      ...secret("other"),
      "Role/nightly rules.0": { apiGroups: [""], resources: ["secrets"], verbs: ["create"] },
    },
  ],
])("nothing is said of %s", (_, changes) => {
  expect(foundBy(missingReferences, changes)).toEqual([]);
});

test("a ConfigMap that names no namespace goes where it is applied", () => {
  const changes = { "ConfigMap/web-settings metadata.namespace": undefined };
  const other = {
    ...secret("other"),
    "ConfigMap/other": { kind: "ConfigMap", metadata: { name: "o", namespace: "shop" } },
  };
  expect(foundBy(missingReferences, { ...changes, ...other, "StatefulSet/store": undefined })).toEqual([
    "Deployment/web spec.template.spec.volumes[1].secret.secretName",
  ]);
});

test("of objects that name no namespace, only those of one folder go together", () => {
  const content = (kind: string, name: string, spec: object = {}) => ({ kind, metadata: { name }, spec });
  const pod = content("Pod", "a", { volumes: [{ name: "v", configMap: { name: "none" } }] });
  const found = (...sources: string[]) =>
    missingReferences
      .check(
        stackOf([
          { content: pod, source: sources[0] ?? "" },
          { content: content("ConfigMap", "other"), source: sources[1] ?? "" },
        ]),
      )
      .map(({ path }) => path);
  expect(found("a/pod.yaml:1", "a/map.yaml:1")).toEqual(["spec.volumes[0].configMap.name"]);
  expect(found("a/pod.yaml:1", "b/map.yaml:1")).toEqual([]);
});
