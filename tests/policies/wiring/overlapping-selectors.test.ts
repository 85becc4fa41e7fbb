import { expect, test } from "vitest";
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
