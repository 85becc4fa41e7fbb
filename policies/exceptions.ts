import type { KubernetesObject, Rule, Violation } from "./rule.ts";
import { fields, text } from "./values.ts";

/** Annotation of an object that excepts it from the rule whose name follows; its value is the reason. */
export const exceptionPrefix = "audit.iot-verification.dev/";

/** What a rule objects to in an object, unless the object says why it is an exception. */
export function violationsOf(rule: Rule, object: KubernetesObject): Violation[] {
  const reason = text(fields(fields(object.metadata).annotations)[`${exceptionPrefix}${rule.name}`]);
  return reason?.trim() ? [] : rule.check(object);
}
