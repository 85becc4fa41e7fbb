import { annotationsOf } from "../objects/ingresses.ts";
import { isKind } from "../objects/kinds.ts";
import { fields, isSet } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** The annotation of old counts: controllers go on reading it. */
export const ingressClass = objectRule({
  name: "ingress-class",
  severity: "advisory",
  description: "Each Ingress names its class.",
  why: "It is served by whatever controller is the cluster's default, or by none.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-class",
  check(object) {
    if (!isKind(object, "Ingress") || isSet(fields(object.spec).ingressClassName)) return [];
    if (annotationsOf(object)["kubernetes.io/ingress.class"] !== undefined) return [];
    return [
      { path: "spec.ingressClassName", problem: "the Ingress names no class", fix: "Write ingressClassName" },
    ];
  },
});
