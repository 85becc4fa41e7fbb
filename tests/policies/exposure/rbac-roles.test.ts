import { expect, test } from "vitest";
import { rbacRoles } from "../../../policies/exposure/rbac-roles.ts";
import { foundBy, messagesOf } from "../world.ts";

const rule = (resources: string[], verbs: string[]) => ({
  "Role/nightly rules.1": { apiGroups: ["rbac.authorization.k8s.io"], resources, verbs },
});

test("nobody changes roles", () => {
  expect(foundBy(rbacRoles)).toEqual([]);
  const changes = rule(["roles", "rolebindings"], ["create", "get"]);
  expect(foundBy(rbacRoles, changes)).toEqual(["Role/nightly rules[1].resources"]);
  expect(messagesOf(rbacRoles, changes)[0]).toMatch(
    /^rules\[1\] of the role grants changes of roles, rolebindings\. /,
  );
  expect(foundBy(rbacRoles, rule(["clusterrolebindings"], ["delete"]))).toEqual([
    "Role/nightly rules[1].resources",
  ]);
});

test("reading them is fine", () => {
  expect(foundBy(rbacRoles, rule(["roles", "rolebindings"], ["get", "list", "watch"]))).toEqual([]);
});
