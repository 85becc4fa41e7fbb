import { expect, test } from "vitest";
import { removedApis as table } from "../../../policies/data/removed-apis.ts";
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

test("a kind of the same version that is served goes through", () => {
  expect(foundBy(removedApis, { "CronJob/nightly apiVersion": "batch/v1" })).toEqual([]);
  expect(foundBy(removedApis, { "Ingress/web apiVersion": "networking.k8s.io/v1" })).toEqual([]);
});

test("nothing replaces itself", () => {
  const versions = new Set(table.filter(({ kinds }) => !kinds).map(({ apiVersion }) => apiVersion));
  expect(table.filter(({ instead }) => versions.has(instead))).toEqual([]);
});
