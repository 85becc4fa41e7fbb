import { expect, test } from "vitest";
import { barePods } from "../../../policies/availability/bare-pods.ts";
import { foundBy, messagesOf, objectsWith } from "../world.ts";

const template = objectsWith().find(({ kind }) => kind === "Deployment")?.spec as {
  template: { metadata: { labels: object }; spec: object };
};
const { labels } = template.template.metadata;
const pod = {
  "Pod/web": {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "web", namespace: "shop", labels },
    spec: template.template.spec,
  },
};

test("pods have controllers", () => {
  expect(foundBy(barePods)).toEqual([]);
});

test("a pod behind a Service that has none", () => {
  expect(foundBy(barePods, pod)).toEqual(["Pod/web kind"]);
  expect(messagesOf(barePods, pod)[0]).toMatch(
    /^the pod is behind a Service, and has no controller\. .* Make it the template of a Deployment, /,
  );
});

test.each([
  ["nobody's", { "Pod/web metadata.labels": { app: "other" } }],
  ["behind a Service of another namespace", { "Pod/web metadata.namespace": "other" }],
  ["about to end by itself", { "Pod/web spec.restartPolicy": "Never" }],
  [
    "read from a cluster, with its owner",
    { "Pod/web metadata.ownerReferences": [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-1" }] },
  ],
])("nothing is said of a pod that is %s", (_, changes) => {
  expect(foundBy(barePods, { ...pod, ...changes })).toEqual([]);
});
