import { expect, test } from "vitest";
import { rbacWildcards } from "../../../policies/exposure/rbac-wildcards.ts";
import { foundBy, messagesOf } from "../world.ts";

test("roles list what they grant", () => {
  expect(foundBy(rbacWildcards)).toEqual([]);
});

test.each(["apiGroups", "resources", "verbs", "nonResourceURLs"])("%s", (field) => {
  const changes = { [`Role/nightly rules.0.${field}`]: ["*"] };
  expect(foundBy(rbacWildcards, changes)).toEqual([`Role/nightly rules[0].${field}`]);
  expect(messagesOf(rbacWildcards, changes)[0]).toMatch(
    new RegExp(`^rules\\[0\\] of the role grants all ${field}\\. `),
  );
});

test("of a ClusterRole, too, but not of those that Kubernetes makes", () => {
  const role = (name: string) => ({
    [`ClusterRole/${name}`]: {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name },
      rules: [
        { apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] },
        { apiGroups: ["apps"], resources: ["*"], verbs: ["get"] },
      ],
    },
  });
  expect(foundBy(rbacWildcards, role("operator"))).toEqual(["ClusterRole/operator rules[1].resources"]);
  expect(foundBy(rbacWildcards, role("system:aggregate"))).toEqual([]);
  expect(foundBy(rbacWildcards, role("cluster-admin"))).toEqual([]);
});

test("a subresource of everything is named", () => {
  expect(foundBy(rbacWildcards, { "Role/nightly rules.0.resources": ["*/scale", "pods/log"] })).toEqual([]);
});
