import { ingressRulesOf } from "../objects/ingresses.ts";
import { isKind } from "../objects/kinds.ts";
import { fields, isSet } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** A wildcard below a domain of one's own is a choice. */
export const ingressHosts = objectRule({
  name: "ingress-hosts",
  severity: "advisory",
  description: "Each rule of an Ingress is for a host.",
  why: "It answers under every name that anybody points here, takes requests that are another Ingress's, and has no certificate of its own.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/ingress/#ingress-rules",
  check(object): Violation[] {
    if (!isKind(object, "Ingress")) return [];
    const rules = ingressRulesOf(object);
    const open = rules
      .filter(({ host }) => host === undefined || host === "*")
      .map(({ path }) => ({ path: `${path}.host`, problem: `${path} is for every host`, fix }));
    if (rules.length > 0 || !isSet(fields(object.spec).defaultBackend)) return open;
    return [{ path: "spec.rules", problem: "the Ingress has a default backend alone, for every host", fix }];
  },
});

const fix = "Write the host that it is for";
