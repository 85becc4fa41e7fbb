import { expect, test } from "vitest";
import { deploymentReplicas } from "../../../policies/availability/deployment-replicas.ts";
import { foundBy, messagesOf } from "../world.ts";

const single = { "HorizontalPodAutoscaler/web": undefined, "Deployment/web spec.replicas": 1 };

test("what serves has several pods", () => {
  expect(foundBy(deploymentReplicas)).toEqual([]);
  expect(foundBy(deploymentReplicas, { ...single, "Deployment/web spec.replicas": 2 })).toEqual([]);
});

test("a single pod behind a Service", () => {
  expect(foundBy(deploymentReplicas, single)).toEqual(["Deployment/web spec.replicas"]);
  expect(messagesOf(deploymentReplicas, single)[0]).toMatch(/^a Service leads to its only pod\. /);
});

test.each([
  ["says no number", { "Deployment/web spec.replicas": undefined }],
  ["is switched off", { "Deployment/web spec.replicas": 0 }],
  ["nobody asks", { "Service/web": undefined }],
  ["ends before it starts anew", { "Deployment/web spec.strategy": { type: "Recreate" } }],
  [
    "keeps data in a claim",
    {
      "Deployment/web spec.template.spec.volumes.3": {
        name: "data",
        persistentVolumeClaim: { claimName: "web" },
      },
    },
  ],
  ["is a StatefulSet", { "Deployment/web kind": "StatefulSet" }],
])("nothing is said of one that %s", (_, changes) => {
  expect(foundBy(deploymentReplicas, { ...single, ...changes })).toEqual([]);
});

test("nothing is said of one that an autoscaler scales", () => {
  expect(foundBy(deploymentReplicas, { "Deployment/web spec.replicas": 1 })).toEqual([]);
});
