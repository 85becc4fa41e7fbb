import { everybodyIn, isDns, policyRulesOf, selectsAllPods } from "../objects/network-policies.ts";
import { isSet } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Rules all of whose ports are 53. */
export const dnsPeers = objectRule({
  name: "dns-peers",
  severity: "advisory",
  description: "NetworkPolicies let pods ask the pods that answer for DNS, and nobody else.",
  why: "Port 53 of anything else is a way out for data, and a whole namespace is more than its DNS server.",
  reference:
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
  check: (object) =>
    policyRulesOf(object)
      .filter((rule) => rule.direction === "egress" && isDns(rule))
      .flatMap(({ peers, peersPath }) => {
        if (peers === undefined) return [{ path: peersPath, problem: "DNS is allowed to everywhere", fix }];
        return peers.flatMap((one): Violation[] => {
          const everybody = everybodyIn(one);
          if (everybody)
            return [{ path: everybody.path, problem: `DNS is allowed to ${everybody.who}`, fix }];
          if (!isSet(one.peer.namespaceSelector) || !selectsAllPods(one.peer)) return [];
          return [
            { path: `${one.path}.podSelector`, problem: "DNS is allowed to all pods of a namespace", fix },
          ];
        });
      }),
});

const fix =
  "Name the DNS pods in one peer: namespaceSelector kubernetes.io/metadata.name: kube-system and podSelector k8s-app: kube-dns";
