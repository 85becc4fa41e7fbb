import { expect, test } from "vitest";
import { stackOf } from "../../../policies/objects/stack.ts";
import { overlappingSelectors } from "../../../policies/wiring/overlapping-selectors.ts";
import { foundBy, messagesOf } from "../world.ts";

const shared = { "app.kubernetes.io/name": "web" };

test("each workload selects its own pods only", () => {
  expect(foundBy(overlappingSelectors)).toEqual([]);
});

test("a selector that fits another's pods is refused", () => {
  const canary = { "StatefulSet/store spec.template.metadata.labels": { ...shared, track: "canary" } };
  expect(foundBy(overlappingSelectors, canary)).toEqual(["Deployment/web spec.selector"]);
  expect(messagesOf(overlappingSelectors, canary)[0]).toMatch(
    /^it selects app.kubernetes.io\/name=web, which pods of StatefulSet store fit too\./,
  );
});

test.each([
  ["no selector", { "Deployment/web spec.selector": {} }],
  ["another namespace", { "StatefulSet/store metadata.namespace": "other" }],
  [
    "a narrower selector",
    { "Deployment/web spec.selector": { matchLabels: { ...shared, track: "stable" } } },
  ],
])("%s keeps them apart", (_, changes) => {
  expect(
    foundBy(overlappingSelectors, {
      "StatefulSet/store spec.template.metadata.labels": { ...shared, track: "canary" },
      ...changes,
    }),
  ).toEqual([]);
});

test("the pods of a Job have an owner, whatever their labels", () => {
  expect(
    foundBy(overlappingSelectors, {
      "CronJob/nightly spec.jobTemplate.spec.template.metadata.labels": shared,
    }),
  ).toEqual([]);
});

test("files that describe the same object are alternatives, whose workloads do not meet", () => {
  const workload = (name: string) => ({
    kind: "Deployment",
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: "a" } },
      template: { metadata: { labels: { app: "a" } }, spec: { containers: [] } },
    },
  });
  const found = (shared: object) =>
    overlappingSelectors
      .check(
        stackOf([
          { source: "a.yaml:1", content: workload("a") },
          { source: "a.yaml:9", content: { ...shared } },
          { source: "b.yaml:1", content: workload("b") },
          { source: "b.yaml:9", content: { ...shared } },
        ]),
      )
      .map(({ object }) => object.name);
  expect(found({ kind: "Service", metadata: { name: "a" } })).toEqual([]);
  expect(found({ kind: "Namespace", metadata: { name: "a" } })).toEqual(["a", "b"]);
});
