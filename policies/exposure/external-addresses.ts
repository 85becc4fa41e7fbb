import { isKind } from "../objects/kinds.ts";
import { fields, list } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Addresses that a Service takes by itself; those that a load balancer is given are in its status. */
export const externalAddresses = objectRule({
  name: "external-addresses",
  severity: "mandatory",
  description: "No Service takes addresses by spec.externalIPs.",
  why: "Nobody checks whom the address belongs to, so that the Service can take other people's traffic (CVE-2020-8554).",
  reference: "https://kubernetes.io/docs/concepts/services-networking/service/#external-ips",
  check(object) {
    const addresses = isKind(object, "Service") ? list(fields(object.spec).externalIPs) : [];
    if (addresses.length === 0) return [];
    const problem = `the Service takes ${addresses.length === 1 ? "an address" : `${addresses.length} addresses`} by itself`;
    return [
      {
        path: "spec.externalIPs",
        problem,
        fix: "Remove externalIPs, and use an Ingress, a Gateway or a load balancer",
      },
    ];
  },
});
