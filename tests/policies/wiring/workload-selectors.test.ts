import { expect, test } from "vitest";
import { workloadSelectors } from "../../../policies/wiring/workload-selectors.ts";
import { foundBy, messagesOf } from "../world.ts";

test("workloads select their own pods", () => {
  expect(foundBy(workloadSelectors)).toEqual([]);
});

test.each(["Deployment/web", "StatefulSet/store"])("%s that selects other pods is refused", (id) => {
  expect(foundBy(workloadSelectors, { [`${id} spec.selector`]: { matchLabels: { app: "x" } } })).toEqual([
    `${id} spec.selector`,
  ]);
  expect(foundBy(workloadSelectors, { [`${id} spec.selector`]: undefined })).toEqual([`${id} spec.selector`]);
  expect(foundBy(workloadSelectors, { [`${id} spec.template.metadata`]: undefined })).toEqual([
    `${id} spec.selector`,
  ]);
});

test("the message names both", () => {
  expect(
    messagesOf(workloadSelectors, { "Deployment/web spec.selector": { matchLabels: { app: "x" } } }),
  ).toEqual([
    "it selects app=x, but its template's labels are app.kubernetes.io/name=web. The API server refuses the object. Write the same labels in both; a selector cannot be changed afterwards.",
  ]);
});

test("Jobs need none, a ReplicationController takes the labels, and others add labels or leave out more", () => {
  const controller = {
    apiVersion: "v1",
    kind: "ReplicationController",
    metadata: { name: "old", namespace: "shop" },
    spec: { template: { metadata: { labels: { app: "old" } }, spec: { containers: [{ name: "old" }] } } },
  };
  const labelled = {
    "Deployment/web spec.selector": undefined,
    "Deployment/web spec.template.metadata": undefined,
  };
  expect(foundBy(workloadSelectors, labelled)).toEqual([]);
  const patch = {
    "Deployment/patched": {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "patched" },
      spec: { replicas: 2 },
    },
  };
  expect(foundBy(workloadSelectors, { "ReplicationController/old": controller, ...patch })).toEqual([]);
  expect(
    foundBy(workloadSelectors, {
      "ReplicationController/old": { ...controller, spec: { ...controller.spec, selector: { app: "new" } } },
    }),
  ).toEqual(["ReplicationController/old spec.selector"]);
});
