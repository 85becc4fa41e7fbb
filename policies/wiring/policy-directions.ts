import { isKind } from "../objects/kinds.ts";
import { fields, list } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

const directions = [
  { type: "Ingress", field: "ingress" },
  { type: "Egress", field: "egress" },
] as const;

/** An empty list of rules allows nothing that was not allowed before; who lists no types gets those of the rules. */
export const policyDirections = objectRule({
  name: "policy-directions",
  severity: "mandatory",
  description: "A NetworkPolicy has rules only for the directions in its policyTypes.",
  why: "Nothing reads the rules: traffic that they mean to restrict is free, and what they mean to allow is not.",
  reference:
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/#networkpolicy-resource",
  check(object) {
    if (!isKind(object, "NetworkPolicy")) return [];
    const spec = fields(object.spec);
    const types = list(spec.policyTypes);
    return directions.flatMap(({ type, field }) => {
      const count = list(spec[field]).length;
      // Types that do not exist are refused, which is another rule's matter.
      if (count === 0 || types.includes(type) || !directions.some((one) => types.includes(one.type)))
        return [];
      return [
        {
          path: `spec.${field}`,
          problem: `it has ${count === 1 ? "a rule" : `${count} rules`} for ${field}, and policyTypes without ${type}`,
          fix: `Add ${type} to policyTypes, or leave the rules out`,
        },
      ];
    });
  },
});
