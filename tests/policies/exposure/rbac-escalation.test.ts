import { expect, test } from "vitest";
import { rbacEscalation } from "../../../policies/exposure/rbac-escalation.ts";
import { foundBy, messagesOf } from "../world.ts";

const rule = (resources: string[], verbs: string[], resourceNames?: string[]) => ({
  "Role/nightly rules.1": { apiGroups: ["*"], resources, verbs, resourceNames },
});

test("no role leads to more rights", () => {
  expect(foundBy(rbacEscalation)).toEqual([]);
});

test.each([
  [["clusterroles"], ["get", "escalate"], "verbs"],
  [["roles"], ["bind"], "verbs"],
  [["roles"], ["bind", "escalate"], "verbs"],
  [["users", "groups"], ["impersonate"], "verbs"],
  [["serviceaccounts/token"], ["create"], "resources"],
  [["certificatesigningrequests/approval"], ["update"], "resources"],
  [["signers"], ["approve"], "resources"],
  [["nodes/proxy"], ["get"], "resources"],
  [["mutatingwebhookconfigurations"], ["patch"], "resources"],
  [["validatingwebhookconfigurations"], ["*"], "verbs"],
  [["validatingwebhookconfigurations"], ["delete"], "resources"],
  [["mutatingwebhookconfigurations"], ["deletecollection"], "resources"],
  [["persistentvolumes"], ["create"], "resources"],
  [["namespaces"], ["patch"], "resources"],
  [["*/token"], ["create"], "resources"],
  [["*/approval"], ["update"], "resources"],
  [["*/proxy"], ["get"], "resources"],
])("%j by %j", (resources, verbs, field) => {
  expect(foundBy(rbacEscalation, rule(resources, verbs))).toEqual([`Role/nightly rules[1].${field}`]);
});

test("of a subresource of everything, the group is that of what it is meant for", () => {
  const inGroup = (group: string) => ({
    "Role/nightly rules.1": { apiGroups: [group], resources: ["*/approval"], verbs: ["update"] },
  });
  expect(foundBy(rbacEscalation, inGroup("certificates.k8s.io"))).toEqual([
    "Role/nightly rules[1].resources",
  ]);
  expect(foundBy(rbacEscalation, inGroup(""))).toEqual([]);
});

test("messages say what", () => {
  expect(messagesOf(rbacEscalation, rule(["nodes/proxy"], ["get"]))[0]).toMatch(
    /^rules\[1\] of the role grants changes or use of nodes\/proxy\. /,
  );
});

test.each([
  [["clusterroles"], ["bind"], ["view"]],
  [["nodes", "nodes/metrics"], ["get"], undefined],
  [["certificatesigningrequests"], ["create", "get"], undefined],
  [["mutatingwebhookconfigurations"], ["get", "list", "watch"], undefined],
  [["serviceaccounts"], ["create"], undefined],
  [["persistentvolumes", "namespaces"], ["get", "list", "watch", "delete"], undefined],
  [["persistentvolumeclaims"], ["create"], undefined],
  [["namespaces"], ["create"], undefined],
  [["*/status", "*/scale", "nodes/*"], ["get", "create", "update"], undefined],
])("%j by %j of %j does not", (resources, verbs, names) => {
  expect(foundBy(rbacEscalation, rule(resources, verbs, names))).toEqual([]);
});
