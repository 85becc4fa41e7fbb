import { describe, expect, test } from "vitest";
import { directionsOf, policyRulesOf } from "../../../policies/objects/network-policies.ts";

const policy = (spec: object, apiVersion = "networking.k8s.io/v1") => ({
  apiVersion,
  kind: "NetworkPolicy",
  spec,
});
const rules = { ingress: [{ from: [{ podSelector: {} }] }], egress: [{ to: [] }] };

describe("the directions of a policy", () => {
  test.each([
    [{ policyTypes: ["Egress"], ...rules }, ["egress"]],
    [{ policyTypes: ["Egress", "Ingress"] }, ["ingress", "egress"]],
    [{ policyTypes: [], ...rules }, ["ingress", "egress"]],
    [{ policyTypes: [], ingress: rules.ingress }, ["ingress"]],
    [{ egress: rules.egress }, ["ingress", "egress"]],
    [{ egress: [] }, ["ingress"]],
  ])("of %j are %j", (spec, directions) => {
    expect(directionsOf(policy(spec))).toEqual(directions);
  });

  test("are none of a policy of Calico", () => {
    expect(directionsOf(policy(rules, "projectcalico.org/v3"))).toEqual([]);
  });
});

test("rules are read with their paths, in the directions that are in effect", () => {
  const ports = [{ port: "8080" }, { port: 9000, endPort: 9010, protocol: "UDP" }];
  const spec = { policyTypes: ["Ingress"], ingress: [{ ports }], egress: rules.egress };
  expect(policyRulesOf(policy(spec))).toEqual([
    {
      direction: "ingress",
      path: "spec.ingress[0]",
      peersPath: "spec.ingress[0].from",
      peers: undefined,
      ports: [
        { path: "spec.ingress[0].ports[0]", port: 8080, protocol: "TCP", endPort: undefined },
        { path: "spec.ingress[0].ports[1]", port: 9000, protocol: "UDP", endPort: 9010 },
      ],
    },
  ]);
  expect(policyRulesOf(policy(rules)).map(({ peers }) => peers)).toEqual([
    [{ path: "spec.ingress[0].from[0]", peer: { podSelector: {} } }],
    [],
  ]);
});
