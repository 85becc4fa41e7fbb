import { everybodyIn, isDns, isForNodes, policyRulesOf } from "../objects/network-policies.ts";
import { objectRule } from "../rule.ts";

/** A range with exceptions, such as the internet without private networks, has been thought about. */
export const openNetworkPolicies = objectRule({
  name: "open-network-policies",
  severity: "advisory",
  description: "NetworkPolicies name who may come in and where pods may go.",
  why: "A policy that lets everybody through fences nothing, though it looks as if.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/network-policies/",
  check: (object) =>
    policyRulesOf(object)
      .filter((rule) => !isDns(rule) && !(rule.direction === "egress" && isForNodes(rule)))
      .flatMap(({ direction, path, peers, peersPath }) => {
        const does = direction === "ingress" ? "lets in" : "lets the pods out to";
        const fix = `List the peers in ${peersPath}: pods and namespaces by labels, what is outside by addresses`;
        if (peers === undefined) return [{ path: peersPath, problem: `rule ${path} ${does} everybody`, fix }];
        return peers.flatMap((peer) => {
          const found = everybodyIn(peer);
          return found ? [{ path: found.path, problem: `rule ${path} ${does} ${found.who}`, fix }] : [];
        });
      }),
});
