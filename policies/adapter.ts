import type { ResourceValidationPolicy } from "@pulumi/policy";
import { violationsOf } from "./exceptions.ts";
import type { Rule } from "./rule.ts";

/** A rule as Pulumi runs it: on every Kubernetes object, in the preview and before each change. */
export function policyOf(rule: Rule): ResourceValidationPolicy {
  return {
    name: rule.name,
    description: rule.description,
    enforcementLevel: rule.enforcementLevel,
    validateResource({ type, props }, reportViolation) {
      if (!isWholeObject(type)) return;
      for (const { path, message } of violationsOf(rule, props)) reportViolation(`${path}: ${message}`);
    },
  };
}

/** A patch holds but the fields that it changes of somebody else's object: what it leaves out is not missing. */
function isWholeObject(type: string): boolean {
  return type.startsWith("kubernetes:") && !type.endsWith("Patch");
}
