import { expect, test } from "vitest";
import { clusterAdmins } from "../../../policies/exposure/cluster-admins.ts";
import { foundBy, messagesOf } from "../world.ts";

const admin = { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" };

test("nobody is administrator", () => {
  expect(foundBy(clusterAdmins)).toEqual([]);
});

test("by a binding of the cluster or of a namespace", () => {
  const changes = { "RoleBinding/nightly roleRef": admin };
  expect(foundBy(clusterAdmins, changes)).toEqual(["RoleBinding/nightly roleRef.name"]);
  expect(messagesOf(clusterAdmins, changes)[0]).toMatch(/^ServiceAccount nightly may do everything\. /);
  expect(foundBy(clusterAdmins, { ...changes, "RoleBinding/nightly kind": "ClusterRoleBinding" })).toEqual([
    "ClusterRoleBinding/nightly roleRef.name",
  ]);
});

test("by the group", () => {
  const changes = { "RoleBinding/nightly subjects.1": { kind: "Group", name: "system:masters" } };
  expect(foundBy(clusterAdmins, changes)).toEqual(["RoleBinding/nightly subjects[1].name"]);
});

test("a role of that name, and the binding of Kubernetes itself, are none", () => {
  expect(foundBy(clusterAdmins, { "RoleBinding/nightly roleRef.name": "cluster-admin" })).toEqual([]);
  const own = { "RoleBinding/nightly roleRef": admin, "RoleBinding/nightly metadata.name": "cluster-admin" };
  expect(foundBy(clusterAdmins, own)).toEqual([]);
});

test("other groups and users of that name are none", () => {
  const subject = (kind: string, name: string) => ({ "RoleBinding/nightly subjects.1": { kind, name } });
  expect(foundBy(clusterAdmins, subject("Group", "system:nodes"))).toEqual([]);
  expect(foundBy(clusterAdmins, subject("User", "system:masters"))).toEqual([]);
});
