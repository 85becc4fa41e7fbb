import { expect, test } from "vitest";
import { ownNamespaces } from "../../../policies/pods/own-namespaces.ts";
import { foundBy } from "../world.ts";

test("a workload in default is found; other objects, and who says nothing, are not", () => {
  expect(foundBy(ownNamespaces)).toEqual([]);
  expect(foundBy(ownNamespaces, { "Deployment/web metadata.namespace": "default" })).toEqual([
    "Deployment/web metadata.namespace",
  ]);
  expect(foundBy(ownNamespaces, { "Deployment/web metadata.namespace": undefined })).toEqual([]);
  expect(foundBy(ownNamespaces, { "ConfigMap/web-settings metadata.namespace": "default" })).toEqual([]);
});
