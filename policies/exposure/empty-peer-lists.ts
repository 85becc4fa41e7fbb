import { policyRulesOf } from "../objects/network-policies.ts";
import { objectRule } from "../rule.ts";

/** Written like "nobody"; rules that leave the field out say what they mean, and are another rule's. */
export const emptyPeerLists = objectRule({
  name: "empty-peer-lists",
  severity: "mandatory",
  description: "No rule of a NetworkPolicy has an empty list of peers.",
  why: "It reads as nobody and means everybody.",
  reference: "https://kubernetes.io/docs/reference/kubernetes-api/networking/network-policy-v1/",
  check: (object) =>
    policyRulesOf(object)
      .filter(({ peers }) => peers?.length === 0)
      .map(({ direction, peersPath }) => ({
        path: peersPath,
        problem: `the list of peers is empty, which ${direction === "ingress" ? "lets everybody in" : "lets the pods out to everywhere"}`,
        fix: "List the peers, or remove the whole rule if it is meant to be nobody",
      })),
});
