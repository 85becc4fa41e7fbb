import { expect, test } from "vitest";
import { completeGrants } from "../../../policies/validity/complete-grants.ts";
import { foundBy, messagesOf } from "../world.ts";

const rule = "Role/nightly rules.0";
const found = (field: string) => [`Role/nightly rules[0].${field}`];
const clusterRole = (rules: object[]) => ({
  "ClusterRole/reader": {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "reader" },
    rules,
  },
});

test.each(["verbs", "apiGroups", "resources"])("a rule names its %s", (field) => {
  expect(foundBy(completeGrants, { [`${rule}.${field}`]: undefined })).toEqual(found(field));
  expect(foundBy(completeGrants, { [`${rule}.${field}`]: [] })).toEqual(found(field));
});

test("URLs are in no namespace, and no resources", () => {
  const urls = { nonResourceURLs: ["/metrics"], verbs: ["get"] };
  expect(foundBy(completeGrants, { [rule]: urls })).toEqual(found("nonResourceURLs"));
  expect(foundBy(completeGrants, clusterRole([urls]))).toEqual([]);
  expect(foundBy(completeGrants, clusterRole([{ ...urls, resources: ["pods"], apiGroups: [""] }]))).toEqual([
    "ClusterRole/reader rules[0].nonResourceURLs",
  ]);
  expect(foundBy(completeGrants, clusterRole([{ ...urls, verbs: [] }]))).toEqual([
    "ClusterRole/reader rules[0].verbs",
  ]);
});

test("a binding of the cluster says where an account is", () => {
  const binding = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "reader" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "view" },
    subjects: [
      { kind: "User", name: "ann" },
      { kind: "ServiceAccount", name: "web" },
    ],
  };
  expect(foundBy(completeGrants, { "ClusterRoleBinding/reader": binding })).toEqual([
    "ClusterRoleBinding/reader subjects[1].namespace",
  ]);
  expect(messagesOf(completeGrants, { "ClusterRoleBinding/reader": binding })).toEqual([
    "the binding does not say in which namespace ServiceAccount web is. The API server refuses the object. Write the namespace of the account.",
  ]);
  expect(foundBy(completeGrants, { "RoleBinding/nightly subjects.0.namespace": undefined })).toEqual([]);
});
