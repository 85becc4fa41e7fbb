import { expect, test } from "vitest";
import { rbacPods } from "../../../policies/exposure/rbac-pods.ts";
import { foundBy, messagesOf } from "../world.ts";

const rule = (resources: string[], verbs: string[]) => ({
  "Role/nightly rules.1": { apiGroups: ["", "apps", "batch"], resources, verbs },
});

test("nobody starts pods or reaches into them", () => {
  expect(foundBy(rbacPods)).toEqual([]);
});

test.each([
  [["pods/exec"], ["create"], /commands in every pod \(pods\/exec\)/],
  [["*/exec"], ["create"], /commands in every pod \(\*\/exec\)/],
  [["pods/portforward"], ["create"], /ways past every NetworkPolicy/],
  [["pods"], ["create"], /pods of any account, with any Secret \(pods\)/],
  [["deployments", "configmaps"], ["patch"], /\(deployments\)/],
  [["cronjobs"], ["create", "*"], /\(cronjobs\)/],
])("%j by %j", (resources, verbs, words) => {
  expect(foundBy(rbacPods, rule(resources, verbs))).toEqual(["Role/nightly rules[1].resources"]);
  expect(messagesOf(rbacPods, rule(resources, verbs))[0]).toMatch(words);
});

test.each([
  [
    ["pods", "pods/log"],
    ["get", "list", "watch", "delete"],
  ],
  [["deployments/scale"], ["patch"]],
  [["pods/eviction"], ["create"]],
  [["ingresses"], ["create"]],
])("%j by %j is less", (resources, verbs) => {
  expect(foundBy(rbacPods, rule(resources, verbs))).toEqual([]);
});

test("by a wildcard, it is the verbs that are to blame", () => {
  expect(foundBy(rbacPods, rule(["cronjobs"], ["*"]))).toEqual(["Role/nightly rules[1].verbs"]);
});

test("a resource without its group is none", () => {
  const changes = {
    "Role/nightly rules.1": { apiGroups: [""], resources: ["deployments"], verbs: ["create"] },
  };
  expect(foundBy(rbacPods, changes)).toEqual([]);
  const all = { "Role/nightly rules.1": { apiGroups: ["*"], resources: ["deployments"], verbs: ["create"] } };
  expect(foundBy(rbacPods, all)).toEqual(["Role/nightly rules[1].resources"]);
});
