import { expect, test } from "vitest";
import { roleBindings } from "../../../policies/wiring/role-bindings.ts";
import { foundBy, messagesOf } from "../world.ts";

test("a binding names what is there", () => {
  expect(foundBy(roleBindings)).toEqual([]);
});

test.each([
  ["another role", { "RoleBinding/nightly roleRef.name": "nigthly" }, "roleRef.name"],
  ["another account", { "RoleBinding/nightly subjects.0.name": "nigthly" }, "subjects[0].name"],
  [
    "an account of another namespace",
    { "RoleBinding/nightly subjects.0.namespace": "other" },
    "subjects[0].namespace",
  ],
])("%s is refused", (_, changes, path) => {
  expect(foundBy(roleBindings, changes)).toEqual([`RoleBinding/nightly ${path}`]);
});

test("the message names where the account is", () => {
  expect(messagesOf(roleBindings, { "RoleBinding/nightly subjects.0.namespace": "other" })[0]).toMatch(
    /^it grants to ServiceAccount nightly, which is not in namespace other; one of that name is in namespace shop\./,
  );
});

test("a ClusterRole is looked for where the set makes some", () => {
  const binding = { "RoleBinding/nightly roleRef": { kind: "ClusterRole", name: "reader" } };
  const role = {
    "ClusterRole/writer": {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "writer" },
    },
  };
  expect(foundBy(roleBindings, binding)).toEqual([]);
  expect(foundBy(roleBindings, { ...binding, ...role })).toEqual(["RoleBinding/nightly roleRef.name"]);
  expect(
    foundBy(roleBindings, { ...role, "RoleBinding/nightly roleRef": { kind: "ClusterRole", name: "view" } }),
  ).toEqual([]);
});

test("an account that names no namespace goes where it is applied", () => {
  const changes = { "ServiceAccount/nightly metadata.namespace": undefined };
  expect(foundBy(roleBindings, changes)).toEqual([]);
});

test.each([
  ["people", { kind: "User", name: "someone" }],
  ["a namespace's first account", { kind: "ServiceAccount", name: "default", namespace: "shop" }],
  [
    "accounts of a namespace that is not in the set",
    { kind: "ServiceAccount", name: "x", namespace: "other" },
  ],
])("%s are not looked for", (_, subject) => {
  expect(foundBy(roleBindings, { "RoleBinding/nightly subjects.0": subject })).toEqual([]);
});

test("a Role that is a ClusterRole is refused as such", () => {
  const reader = { kind: "ClusterRole", metadata: { name: "reader" } };
  const changes = {
    "ClusterRole/reader": { apiVersion: "rbac.authorization.k8s.io/v1", ...reader },
    "RoleBinding/nightly roleRef.name": "reader",
  };
  expect(foundBy(roleBindings, changes)).toEqual(["RoleBinding/nightly roleRef.kind"]);
  expect(foundBy(roleBindings, { ...changes, "RoleBinding/nightly roleRef.kind": "ClusterRole" })).toEqual(
    [],
  );
});
