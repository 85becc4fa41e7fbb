import { expect, test } from "vitest";
import { clusterSecrets } from "../../../policies/exposure/cluster-secrets.ts";
import { foundBy, messagesOf } from "../world.ts";

const role = {
  "ClusterRole/reader": {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "reader" },
    rules: [{ apiGroups: [""], resources: ["configmaps", "secrets"], verbs: ["list"] }],
  },
};
const rules = "ClusterRole/reader rules.0";
const found = ["ClusterRole/reader rules[0].resources"];
const byNamespace = { "RoleBinding/nightly roleRef": { kind: "ClusterRole", name: "reader" } };

test("nobody reads all Secrets", () => {
  expect(foundBy(clusterSecrets)).toEqual([]);
  expect(foundBy(clusterSecrets, { "Role/nightly rules.0.resources": ["secrets"] })).toEqual([]);
});

test("of all namespaces", () => {
  expect(foundBy(clusterSecrets, role)).toEqual(found);
  expect(
    foundBy(clusterSecrets, { ...role, ...byNamespace, "RoleBinding/nightly kind": "ClusterRoleBinding" }),
  ).toEqual(found);
  expect(foundBy(clusterSecrets, { ...role, [`${rules}.verbs`]: ["get", "*"] })).toEqual(found);
  expect(foundBy(clusterSecrets, { ...role, [`${rules}.verbs`]: ["*"] })).toEqual([
    "ClusterRole/reader rules[0].verbs",
  ]);
  // Both are answered with the Secrets that they change.
  expect(foundBy(clusterSecrets, { ...role, [`${rules}.verbs`]: ["patch"] })).toEqual(found);
  expect(foundBy(clusterSecrets, { ...role, [`${rules}.verbs`]: ["deletecollection"] })).toEqual(found);
  expect(messagesOf(clusterSecrets, role)[0]).toMatch(
    /^rules\[0\] of the role grants the Secrets of every namespace\. /,
  );
});

test.each([
  byNamespace,
  { [`${rules}.resourceNames`]: ["store"] },
  { [`${rules}.verbs`]: ["create", "update", "delete"] },
  { [`${rules}.resources`]: ["configmaps"] },
])("%j is less", (change) => {
  expect(foundBy(clusterSecrets, { ...role, ...change })).toEqual([]);
});
