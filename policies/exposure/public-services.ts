import { z } from "zod";
import { isKind } from "../objects/kinds.ts";
import type { KubernetesObject } from "../objects/object.ts";
import { type Fields, fields, list, text, texts } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** An internal load balancer, and one that is open to some addresses only, are not public. */
export const publicServices = objectRule({
  name: "public-services",
  severity: "advisory",
  description:
    "Services are reached from outside through an Ingress or a Gateway, not by ports of nodes or load balancers of their own.",
  why: "It is open to whoever reaches the nodes or the address, past the TLS, logins and limits of the common entrance.",
  reference:
    "https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
  options: z.object({
    allowed: z
      .array(z.enum(["NodePort", "LoadBalancer"]))
      .default([])
      .meta({ description: "Types of Services that may be reached from outside all the same." }),
  }),
  check(object, { allowed }): Violation[] {
    const spec = fields(object.spec);
    if (!isKind(object, "Service") || allowed.some((type) => type === spec.type)) return [];
    if (spec.type === "NodePort")
      return [{ path: "spec.type", problem: "the Service opens a port of every node", fix }];
    if (spec.type !== "LoadBalancer" || isRestricted(object, spec)) return [];
    return [{ path: "spec.type", problem: "the Service has a load balancer that everybody may call", fix }];
  },
});

const fix =
  "Use type ClusterIP behind an Ingress or a Gateway, or say in spec.loadBalancerSourceRanges who may call it";

/** Annotations of clouds that keep a load balancer within their networks, or for some addresses. */
function isRestricted({ metadata }: KubernetesObject, spec: Fields): boolean {
  const ranges = list(spec.loadBalancerSourceRanges);
  if (ranges.length > 0) return !ranges.some((range) => /\/0$/.test(text(range) ?? ""));
  return Object.entries(texts(fields(metadata).annotations)).some(
    ([key, value]) =>
      /internal|load-balancer-(?:scheme|type)|source-ranges/.test(key) &&
      /^(?:true|internal|private|10\.|172\.|192\.168\.)/i.test(value),
  );
}
