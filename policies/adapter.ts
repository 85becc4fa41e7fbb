import type { PolicyConfigSchema, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { z } from "zod";
import { exceptionOf } from "./exceptions.ts";
import type { KubernetesObject } from "./objects/object.ts";
import { stackOf } from "./objects/stack.ts";
import { messageOf, type Rule, type StackViolation } from "./rule.ts";

/** A rule as Pulumi runs it: on each Kubernetes object before it is changed, or on all of them at the end of a preview. */
export function policyOf(rule: Rule): ResourceValidationPolicy | StackValidationPolicy {
  const about = {
    name: rule.name,
    description: `${rule.description} (${rule.reference})`,
    enforcementLevel: rule.severity,
    ...(rule.options && { configSchema: configSchemaOf(rule.options) }),
  };
  if (rule.scope === "object")
    return {
      ...about,
      validateResource({ type, props, getConfig }, report) {
        for (const violation of check(rule, [{ type, props }], getConfig())) report(textOf(rule, violation));
      },
    };
  return {
    ...about,
    validateStack({ resources, getConfig }, report) {
      const urns = new Map(resources.map(({ props, urn }) => [props as KubernetesObject, urn]));
      for (const violation of check(rule, resources, getConfig()))
        report(textOf(rule, violation), urns.get(violation.object.content));
    },
  };
}

interface Resource {
  readonly type: string;
  readonly props: KubernetesObject;
}

function check(rule: Rule, resources: readonly Resource[], options: object): StackViolation[] {
  const given = resources.filter(({ type }) => isWholeObject(type)).map(({ props }) => ({ content: props }));
  return rule
    .check(stackOf(given), options)
    .filter(({ object }) => exceptionOf(rule, object.content) === undefined);
}

/** A patch holds but the fields that it changes of somebody else's object: what it leaves out is not missing. */
function isWholeObject(type: string): boolean {
  return type.startsWith("kubernetes:") && !type.endsWith("Patch");
}

function textOf(rule: Rule, violation: StackViolation): string {
  const { kind, namespace, name } = violation.object;
  const where = rule.scope === "stack" ? `${kind} ${namespace}/${name}: ` : "";
  return `${where}${violation.path}: ${messageOf(rule, violation)}`;
}

/** Options all have defaults: none is required. */
function configSchemaOf(options: z.ZodObject): PolicyConfigSchema {
  const { properties = {} } = z.toJSONSchema(options, { io: "input" });
  return { properties: properties as PolicyConfigSchema["properties"] };
}
