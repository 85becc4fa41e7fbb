import { expect, test } from "vitest";
import { openNetworkPolicies } from "../../../policies/exposure/open-network-policies.ts";
import { foundBy, messagesOf } from "../world.ts";

test("policies name peers", () => {
  expect(foundBy(openNetworkPolicies)).toEqual([]);
});

test.each([
  [{ "NetworkPolicy/store spec.ingress": [{}] }, "NetworkPolicy/store spec.ingress[0].from"],
  [{ "NetworkPolicy/store spec.ingress.0.from": undefined }, "NetworkPolicy/store spec.ingress[0].from"],
  [{ "NetworkPolicy/web spec.egress.0.to": undefined }, "NetworkPolicy/web spec.egress[0].to"],
  [
    { "NetworkPolicy/web spec.egress.0.to": [{ ipBlock: { cidr: "0.0.0.0/0" } }] },
    "NetworkPolicy/web spec.egress[0].to[0].ipBlock.cidr",
  ],
  [
    { "NetworkPolicy/web spec.ingress.0.from.1": { ipBlock: { cidr: "::/0" } } },
    "NetworkPolicy/web spec.ingress[0].from[1].ipBlock.cidr",
  ],
  [
    { "NetworkPolicy/store spec.ingress.0.from": [{ namespaceSelector: {} }] },
    "NetworkPolicy/store spec.ingress[0].from[0].namespaceSelector",
  ],
])("%j", (changes, found) => {
  expect(foundBy(openNetworkPolicies, changes)).toEqual([found]);
});

test("messages say whom", () => {
  const changes = { "NetworkPolicy/web spec.egress.0.to": [{ ipBlock: { cidr: "0.0.0.0/0" } }] };
  expect(messagesOf(openNetworkPolicies, changes)[0]).toMatch(
    /^rule spec\.egress\[0\] lets the pods out to every address \(0\.0\.0\.0\/0\)\. .* List the peers in spec\.egress\[0\]\.to: /,
  );
});

const port = (...numbers: number[]) => numbers.map((number) => ({ protocol: "TCP", port: number }));

test.each([
  { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8"] } }] },
  { to: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: "dns" } } }] },
  { to: [] },
  { ports: port(53) },
  { ports: port(443, 6443) },
  { ports: port(10_250) },
])("egress %j is named, nameless, or another rule's", (rule) => {
  expect(foundBy(openNetworkPolicies, { "NetworkPolicy/web spec.egress": [rule] })).toEqual([]);
});

test("port 443 of everybody is not the API server's", () => {
  expect(foundBy(openNetworkPolicies, { "NetworkPolicy/web spec.egress": [{ ports: port(443) }] })).toEqual([
    "NetworkPolicy/web spec.egress[0].to",
  ]);
});

test.each(["projectcalico.org/v3", "crd.projectcalico.org/v1"])(
  "a policy of %s has rules of its own",
  (apiVersion) => {
    const changes = {
      "NetworkPolicy/store apiVersion": apiVersion,
      "NetworkPolicy/store spec.ingress": [{}],
    };
    expect(foundBy(openNetworkPolicies, changes)).toEqual([]);
  },
);
