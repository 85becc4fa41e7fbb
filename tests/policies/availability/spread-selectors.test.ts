import { expect, test } from "vitest";
import { spreadSelectors } from "../../../policies/availability/spread-selectors.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const selector = `${pod}.topologySpreadConstraints.0.labelSelector`;
const constraint = ["Deployment/web spec.template.spec.topologySpreadConstraints[0].labelSelector"];
const required = "requiredDuringSchedulingIgnoredDuringExecution";
const preferred = "preferredDuringSchedulingIgnoredDuringExecution";
const term = (app: string) => ({
  topologyKey: "kubernetes.io/hostname",
  labelSelector: { matchLabels: { "app.kubernetes.io/name": app } },
});
const anti = (value: object) => ({ [`${pod}.affinity.podAntiAffinity`]: value });

test("constraints count the workload's own pods", () => {
  expect(foundBy(spreadSelectors)).toEqual([]);
});

test.each([
  ["other pods", { [selector]: { matchLabels: { "app.kubernetes.io/name": "store" } } }],
  ["nothing", { [selector]: undefined }],
])("a constraint that counts %s is refused", (_, changes) => {
  expect(foundBy(spreadSelectors, changes)).toEqual(constraint);
});

test("the message names the labels", () => {
  expect(messagesOf(spreadSelectors, { [selector]: { matchLabels: { app: "web" } } })).toEqual([
    "constraint 0 counts pods of app=web, which its own are not. The scheduler counts other pods than these, and may put all of them on one node. Write labels of the pods' template as matchLabels.",
  ]);
});

test("anti-affinity against nobody is refused", () => {
  const path = `spec.template.spec.affinity.podAntiAffinity`;
  expect(foundBy(spreadSelectors, anti({ [required]: [term("wbe")] }))).toEqual([
    `Deployment/web ${path}.${required}[0].labelSelector`,
  ]);
  expect(
    foundBy(spreadSelectors, anti({ [preferred]: [{ weight: 1, podAffinityTerm: term("wbe") }] })),
  ).toEqual([`Deployment/web ${path}.${preferred}[0].podAffinityTerm.labelSelector`]);
});

test.each([
  ["its own pods", [term("web")]],
  ["those of another workload", [term("store")]],
  ["its own, and some that are not in the set", [term("web"), term("other")]],
  ["pods of other namespaces", [{ ...term("other"), namespaces: ["other"] }]],
])("anti-affinity may be against %s", (_, terms) => {
  expect(foundBy(spreadSelectors, anti({ [required]: terms }))).toEqual([]);
});
