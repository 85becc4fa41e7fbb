import { expect, test } from "vitest";
import { completeClaims } from "../../../policies/storage/complete-claims.ts";
import { foundBy, messagesOf } from "../world.ts";

const spec = "StatefulSet/store spec.volumeClaimTemplates.0.spec";
const path = "StatefulSet/store spec.volumeClaimTemplates[0].spec";

test("claims are complete", () => {
  expect(foundBy(completeClaims)).toEqual([]);
});

test.each([
  [{ [`${spec}.accessModes`]: undefined }, `${path}.accessModes`],
  [{ [`${spec}.accessModes`]: [] }, `${path}.accessModes`],
  [{ [`${spec}.accessModes`]: ["ReadWriteOnce", "ReadWrite"] }, `${path}.accessModes[1]`],
  [{ [`${spec}.resources`]: undefined }, `${path}.resources.requests.storage`],
  [{ [`${spec}.resources.requests.storage`]: "10 GB" }, `${path}.resources.requests.storage`],
  [{ [`${spec}.resources.requests.storage`]: "0" }, `${path}.resources.requests.storage`],
])("%j", (changes, found) => {
  expect(foundBy(completeClaims, changes)).toEqual([found]);
});

test("claims by themselves and in pods", () => {
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "films" },
    spec: { accessModes: ["RWO"] },
  };
  const volume = {
    name: "own",
    ephemeral: { volumeClaimTemplate: { spec: { accessModes: ["ReadWriteOnce"] } } },
  };
  const changes = {
    "PersistentVolumeClaim/films": claim,
    "Deployment/web spec.template.spec.volumes.3": volume,
  };
  expect(foundBy(completeClaims, changes)).toEqual([
    "Deployment/web spec.template.spec.volumes[3].ephemeral.volumeClaimTemplate.spec.resources.requests.storage",
    "PersistentVolumeClaim/films spec.accessModes[0]",
    "PersistentVolumeClaim/films spec.resources.requests.storage",
  ]);
  expect(messagesOf(completeClaims, changes)[1]).toMatch(/^access mode RWO does not exist\. /);
});
