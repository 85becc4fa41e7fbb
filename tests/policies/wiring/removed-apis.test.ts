import { expect, test } from "vitest";
import { goneApiVersions as table } from "../../../policies/data/gone-api-versions.ts";
import { removedApis } from "../../../policies/wiring/removed-apis.ts";
import { foundBy, messagesOf } from "../world.ts";

test("objects are of versions that are served", () => {
  expect(foundBy(removedApis)).toEqual([]);
});

test.each([
  ["Ingress/web", "networking.k8s.io/v1beta1"],
  ["Deployment/web", "apps/v1beta2"],
  ["HorizontalPodAutoscaler/web", "autoscaling/v2beta2"],
  ["PodDisruptionBudget/web", "policy/v1beta1"],
  ["CronJob/nightly", "batch/v1beta1"],
])("%s of %s is refused", (id, version) => {
  expect(foundBy(removedApis, { [`${id} apiVersion`]: version })).toEqual([`${id} apiVersion`]);
});

test("the message names the version of Kubernetes and what to write", () => {
  expect(messagesOf(removedApis, { "PodDisruptionBudget/web apiVersion": "policy/v1beta1" })).toEqual([
    "PodDisruptionBudget of policy/v1beta1 is gone since Kubernetes 1.25. The API server does not know the object. Write policy/v1, with the fields of that version.",
  ]);
});

test("each version is gone since its own version of Kubernetes", () => {
  expect(table.find((one) => one.apiVersion === "rbac.authorization.k8s.io/v1alpha1")?.since).toBe("1.23");
});

test("a kind of the same version that is served goes through", () => {
  expect(foundBy(removedApis, { "CronJob/nightly apiVersion": "batch/v1" })).toEqual([]);
  expect(foundBy(removedApis, { "Ingress/web apiVersion": "networking.k8s.io/v1" })).toEqual([]);
});

test("nothing replaces itself", () => {
  const versions = new Set(table.filter(({ kinds }) => !kinds).map(({ apiVersion }) => apiVersion));
  expect(table.filter(({ instead }) => versions.has(instead))).toEqual([]);
});

test.each([
  ["1.24", 0],
  ["1.25", 1],
  ["1.36", 1],
])("for Kubernetes %s, what is gone since 1.25 has %d violations", (kubernetes, count) => {
  const changes = { "PodDisruptionBudget/web apiVersion": "policy/v1beta1" };
  expect(foundBy(removedApis, changes, { kubernetes })).toHaveLength(count);
});

test("until a version is named, everything that is gone is refused", () => {
  for (const { apiVersion, kinds } of table) {
    const object = { apiVersion, kind: kinds?.[0] ?? "Any", metadata: { name: "old" } };
    expect(foundBy(removedApis, { "Any/old": object })).toEqual([`${object.kind}/old apiVersion`]);
  }
});
