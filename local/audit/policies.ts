import type { KubernetesObject } from "../../policies/rule.ts";
import { rules } from "../../policies/rules.ts";
import type { Finding } from "./findings.ts";

/** What the project's own policies say of an object; here, too, exceptions count only afterwards. */
export function judgeByPolicies(file: string, object: KubernetesObject): Finding[] {
  return rules.map((rule) => {
    const violations = rule.check(object);
    return {
      judge: "policies",
      check: rule.name,
      severity: rule.enforcementLevel,
      passed: violations.length === 0,
      file,
      message: violations.map(({ path, message }) => `${path}: ${message}`).join("; "),
    };
  });
}
