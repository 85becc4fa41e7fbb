import { annotationsOf, ingressRulesOf, nginxPrefix } from "../objects/ingresses.ts";
import { isKind } from "../objects/kinds.ts";
import { objectRule } from "../rule.ts";

/** A path of type Exact is one path, which may well become another. */
export const ingressRewrites = objectRule({
  name: "ingress-rewrites",
  severity: "mandatory",
  description: "A rewrite-target keeps what comes after the prefix, by a captured group.",
  why: "Every path below the prefix is sent to the same one: /orders/7 becomes /.",
  reference: "https://kubernetes.github.io/ingress-nginx/examples/rewrite/",
  check(object) {
    if (!isKind(object, "Ingress")) return [];
    const key = `${nginxPrefix}rewrite-target`;
    const target = annotationsOf(object)[key];
    if (target === undefined || target.trim() === "" || /\$\d/.test(target)) return [];
    const prefix = ingressRulesOf(object)
      .flatMap(({ paths }) => paths)
      .find(({ type }) => type !== "Exact");
    if (!prefix) return [];
    return [
      {
        path: `metadata.annotations["${key}"]`,
        problem: `everything below ${prefix.path} becomes ${/^\/[^@]*$/.test(target) ? target.replace(/[?#].*$/s, "") : "the same"}`,
        fix:
          prefix.path === "/"
            ? "Remove the annotation: a path of / needs none"
            : "Capture the rest: path PREFIX(/|$)(.*) of pathType ImplementationSpecific, and rewrite-target /$2",
      },
    ];
  },
});
