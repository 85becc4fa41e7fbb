import { expect, test } from "vitest";
import { claimsUnderUpdates } from "../../../policies/storage/claims-under-updates.ts";
import { foundBy, messagesOf } from "../world.ts";

const changes = {
  "PersistentVolumeClaim/films": {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "films", namespace: "shop" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  },
  "Deployment/web spec.template.spec.volumes": [
    { name: "films", persistentVolumeClaim: { claimName: "films" } },
  ],
  "HorizontalPodAutoscaler/web": undefined,
};

test("no Deployment holds a claim", () => {
  expect(foundBy(claimsUnderUpdates)).toEqual([]);
});

test("one that does is updated pod beside pod", () => {
  expect(foundBy(claimsUnderUpdates, changes)).toEqual(["Deployment/web spec.strategy.type"]);
  expect(messagesOf(claimsUnderUpdates, changes)[0]).toMatch(
    /^the rolling update starts a second pod while the first one holds claim films\. .* Write type: Recreate/,
  );
  const rolling = { ...changes, "Deployment/web spec.strategy": { type: "RollingUpdate" } };
  expect(foundBy(claimsUnderUpdates, rolling)).toEqual(["Deployment/web spec.strategy.type"]);
});

test.each([
  { "Deployment/web spec.strategy": { type: "Recreate" } },
  { "Deployment/web spec.strategy": { type: "RollingUpdate", rollingUpdate: { maxSurge: 0 } } },
  { "Deployment/web spec.strategy": { rollingUpdate: { maxSurge: "0%" } } },
  { "PersistentVolumeClaim/films spec.accessModes": ["ReadWriteMany"] },
  { "Deployment/web kind": "StatefulSet" },
  { "Deployment/web spec.replicas": 2 },
])("%j is fine, or another rule's", (change) => {
  expect(foundBy(claimsUnderUpdates, { ...changes, ...change })).toEqual([]);
});
