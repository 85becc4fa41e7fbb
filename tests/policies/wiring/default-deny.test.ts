import { expect, test } from "vitest";
import { defaultDeny } from "../../../policies/wiring/default-deny.ts";
import { foundBy, messagesOf } from "../world.ts";

const policy = "NetworkPolicy/default-deny";
const found = ["Namespace/shop metadata.name"];

test("the namespace denies by default", () => {
  expect(foundBy(defaultDeny)).toEqual([]);
});

test("a namespace without is refused, and told who is open", () => {
  expect(foundBy(defaultDeny, { [policy]: undefined })).toEqual(found);
  expect(messagesOf(defaultDeny, { [policy]: undefined })[0]).toMatch(
    /^namespace shop leaves ingress and egress of nightly, store open\./,
  );
});

test.each([
  ["for one direction", { [`${policy} spec.policyTypes`]: ["Ingress"] }, "egress of store, nightly"],
  ["by policyTypes left out", { [`${policy} spec.policyTypes`]: undefined }, "egress of store, nightly"],
  [
    "for some pods",
    { [`${policy} spec.podSelector`]: { matchLabels: { a: "b" } } },
    "ingress and egress of nightly, store",
  ],
])("one that denies %s is refused", (_, changes, who) => {
  expect(foundBy(defaultDeny, changes)).toEqual(found);
  expect(messagesOf(defaultDeny, changes)[0]).toContain(`leaves ${who} open`);
});

test("a policy for each workload is as good", () => {
  const both = { policyTypes: ["Ingress", "Egress"] };
  const of = (name: string) => ({
    ...both,
    podSelector: { matchLabels: { "app.kubernetes.io/name": name } },
  });
  expect(
    foundBy(defaultDeny, { [`${policy} spec`]: of("nightly"), "NetworkPolicy/store spec": of("store") }),
  ).toEqual([]);
});

test("by expressions, too", () => {
  const among = (...values: string[]) => ({
    policyTypes: ["Ingress", "Egress"],
    podSelector: { matchExpressions: [{ key: "app.kubernetes.io/name", operator: "In", values }] },
  });
  expect(foundBy(defaultDeny, { [`${policy} spec`]: among("nightly", "store", "web") })).toEqual([]);
  expect(messagesOf(defaultDeny, { [`${policy} spec`]: among("nightly", "web") })[0]).toContain(
    "leaves egress of store open",
  );
});

test.each([
  ["its pods are elsewhere", { "Namespace/shop metadata.name": "other" }],
  [
    "it is the system's",
    { "Namespace/shop metadata.name": "kube-system", "StatefulSet/store metadata.namespace": "kube-system" },
  ],
  [
    "the cluster has another kind of policy",
    {
      "CiliumClusterwideNetworkPolicy/all": {
        apiVersion: "cilium.io/v2",
        kind: "CiliumClusterwideNetworkPolicy",
      },
    },
  ],
])("nothing is said of a namespace if %s", (_, changes) => {
  expect(foundBy(defaultDeny, { [policy]: undefined, ...changes })).toEqual([]);
});

test.each([
  "projectcalico.org/v3 NetworkPolicy",
  "crd.projectcalico.org/v1 NetworkPolicy",
  "cilium.io/v2 CiliumNetworkPolicy",
])("nothing is said of a namespace with policies of %s, but of others", (given) => {
  const [apiVersion = "", kind = ""] = given.split(" ");
  const other = (namespace: string) => ({
    [policy]: undefined,
    [`${kind}/other`]: { apiVersion, kind, metadata: { name: "other", namespace } },
  });
  expect(foundBy(defaultDeny, other("shop"))).toEqual([]);
  expect(foundBy(defaultDeny, other("bank"))).toEqual(found);
});

test("an empty list of egress rules denies nothing where policyTypes are left out", () => {
  const spec = { podSelector: {}, policyTypes: [], egress: [] };
  expect(messagesOf(defaultDeny, { [`${policy} spec`]: spec })[0]).toContain(
    "leaves egress of store, nightly open",
  );
});
