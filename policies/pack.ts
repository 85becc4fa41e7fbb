import { PolicyPack, type ResourceValidationPolicy } from "@pulumi/policy";
import type { Rule } from "./rule.ts";
import { rules } from "./rules.ts";

new PolicyPack("iot-verification", { policies: rules.map(policyOf) });

function policyOf(rule: Rule): ResourceValidationPolicy {
  return {
    name: rule.name,
    description: rule.description,
    enforcementLevel: rule.enforcementLevel,
    validateResource({ type, props }, reportViolation) {
      if (!type.startsWith("kubernetes:")) return;
      for (const { path, message } of rule.check(props)) reportViolation(`${path}: ${message}`);
    },
  };
}
