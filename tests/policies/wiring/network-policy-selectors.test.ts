import { expect, test } from "vitest";
import { networkPolicySelectors } from "../../../policies/wiring/network-policy-selectors.ts";
import { foundBy, messagesOf } from "../world.ts";

const nobody = { matchLabels: { app: "nobody" } };

test("policies and their peers fit pods", () => {
  expect(foundBy(networkPolicySelectors)).toEqual([]);
});

test.each([
  ["NetworkPolicy/web spec.podSelector", "NetworkPolicy/web spec.podSelector"],
  ["NetworkPolicy/web spec.egress.0.to.0.podSelector", "NetworkPolicy/web spec.egress[0].to[0].podSelector"],
  [
    "NetworkPolicy/store spec.ingress.0.from.0.podSelector",
    "NetworkPolicy/store spec.ingress[0].from[0].podSelector",
  ],
])("%s that fits nobody is refused", (change, found) => {
  expect(foundBy(networkPolicySelectors, { [change]: nobody })).toEqual([found]);
});

test("expressions count", () => {
  const expression = { key: "app.kubernetes.io/name", operator: "In", values: ["api"] };
  const wrong = { "NetworkPolicy/web spec.podSelector": { matchExpressions: [expression] } };
  expect(messagesOf(networkPolicySelectors, wrong)).toEqual([
    "it is about app.kubernetes.io/name In (api), which no pod of namespace shop fits. What it should protect stays open, or what it should allow stays closed. Select by labels of the pods' template.",
  ]);
});

test("a peer in a namespace of the set is looked for there", () => {
  const peer = (name: string) => ({
    "NetworkPolicy/web spec.egress.0.to.0": {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
      podSelector: nobody,
    },
  });
  expect(foundBy(networkPolicySelectors, peer("shop"))).toEqual([
    "NetworkPolicy/web spec.egress[0].to[0].podSelector",
  ]);
  expect(foundBy(networkPolicySelectors, peer("kube-system"))).toEqual([]);
});

test("policies of other kinds have selectors of their own", () => {
  const changes = {
    "NetworkPolicy/web apiVersion": "crd.projectcalico.org/v1",
    "NetworkPolicy/web spec.podSelector": nobody,
  };
  expect(foundBy(networkPolicySelectors, changes)).toEqual([]);
});

test("a policy alone says nothing of pods elsewhere", () => {
  expect(
    foundBy(networkPolicySelectors, {
      "NetworkPolicy/web spec.podSelector": nobody,
      "NetworkPolicy/web metadata.namespace": "other",
      "NetworkPolicy/web spec.egress": [],
    }),
  ).toEqual([]);
});

test("a policy in another namespace than its pods is refused", () => {
  const apart = {
    "NetworkPolicy/web metadata.namespace": "other",
    "NetworkPolicy/web spec.ingress": [],
    "NetworkPolicy/web spec.egress": [],
  };
  expect(foundBy(networkPolicySelectors, apart)).toEqual(["NetworkPolicy/web spec.podSelector"]);
  expect(messagesOf(networkPolicySelectors, apart)[0]).toMatch(
    /which no pod of namespace other fits; Deployment web is in namespace shop\. /,
  );
});

test("rules of a direction that policyTypes leaves out have no effect", () => {
  const changes = {
    "NetworkPolicy/web spec.egress.0.to.0.podSelector": nobody,
    "NetworkPolicy/web spec.policyTypes": ["Ingress"],
  };
  expect(foundBy(networkPolicySelectors, changes)).toEqual([]);
});

test("nothing is said where a program of the namespace may make pods at run time", () => {
  const changes = { "NetworkPolicy/web spec.podSelector": { matchLabels: { app: "wbe" } } };
  expect(foundBy(networkPolicySelectors, changes)).toEqual(["NetworkPolicy/web spec.podSelector"]);
  const makes = {
    "Role/nightly rules.0": { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["create"] },
  };
  expect(foundBy(networkPolicySelectors, { ...changes, ...makes })).toEqual([]);
});
