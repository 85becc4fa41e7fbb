import { expect, test } from "vitest";
import { namespaceSecrets } from "../../../policies/exposure/namespace-secrets.ts";
import { foundBy, messagesOf } from "../world.ts";

const changes = { "Role/nightly rules.0.resources": ["pods", "secrets"] };

test("Secrets are read by name", () => {
  expect(foundBy(namespaceSecrets)).toEqual([]);
  expect(foundBy(namespaceSecrets, changes)).toEqual(["Role/nightly rules[0].resources"]);
  expect(messagesOf(namespaceSecrets, changes)[0]).toMatch(
    /^rules\[0\] of the role grants all Secrets of the namespace\. /,
  );
  expect(foundBy(namespaceSecrets, { ...changes, "Role/nightly rules.0.resourceNames": ["store"] })).toEqual(
    [],
  );
  expect(foundBy(namespaceSecrets, { ...changes, "Role/nightly rules.0.verbs": ["create"] })).toEqual([]);
});

test("a ClusterRole that is bound in single namespaces counts as one", () => {
  const role = {
    "ClusterRole/reader": {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "reader" },
      rules: [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }],
    },
  };
  expect(foundBy(namespaceSecrets, role)).toEqual([]);
  const bound = { ...role, "RoleBinding/nightly roleRef": { kind: "ClusterRole", name: "reader" } };
  expect(foundBy(namespaceSecrets, bound)).toEqual(["ClusterRole/reader rules[0].resources"]);
});
