import { annotationsOf, nginxPrefix } from "../objects/ingresses.ts";
import { isKind } from "../objects/kinds.ts";
import { at } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** By its annotations and its class's controller; a class that is called nginx may be another controller's. */
export const retiredIngressNginx = objectRule({
  name: "retired-ingress-nginx",
  severity: "advisory",
  description: "No Ingress is written for ingress-nginx.",
  why: "The project has ended in March 2026: holes in it are not mended any more.",
  reference: "https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/",
  check(object): Violation[] {
    if (isKind(object, "IngressClass") && at(object, "spec", "controller") === "k8s.io/ingress-nginx")
      return [
        {
          path: "spec.controller",
          problem: "the class is ingress-nginx's",
          fix: "Install another controller, or the Gateway API",
        },
      ];
    if (!isKind(object, "Ingress")) return [];
    const own = Object.keys(annotationsOf(object)).filter((key) => key.startsWith(nginxPrefix));
    const [first] = own;
    if (first === undefined) return [];
    const others = own.length > 1 ? ` and ${own.length - 1} more` : "";
    return [
      {
        path: `metadata.annotations["${first}"]`,
        problem: `${first}${others} mean something to ingress-nginx alone`,
        fix: "Use the Gateway API, or a controller that is maintained and its own way to say this",
      },
    ];
  },
});
