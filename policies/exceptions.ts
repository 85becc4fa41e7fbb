import type { KubernetesObject } from "./objects/object.ts";
import { fields, ifKnown, text } from "./objects/values.ts";

/** Annotation of an object that excepts it from the rule whose name follows; its value is the reason. */
export const exceptionPrefix = "audit.iot-verification.dev/";

/** Why an object is excepted from a rule; nothing where it is not, or gives no reason. */
export function exceptionOf(rule: { readonly name: string }, object: KubernetesObject): string | undefined {
  const annotations = fields(fields(object.metadata).annotations);
  const reason = ifKnown(() => text(annotations[`${exceptionPrefix}${rule.name}`]))?.trim();
  return reason || undefined;
}

/** What an object names under the prefix, whether or not with a reason. */
export function exceptionsIn(object: KubernetesObject): string[] {
  return Object.keys(fields(fields(object.metadata).annotations))
    .filter((key) => key.startsWith(exceptionPrefix))
    .map((key) => key.slice(exceptionPrefix.length));
}
