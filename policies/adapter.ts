import type {
  Policies,
  PolicyConfigSchema,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { z } from "zod";
import { exceptionOf } from "./exceptions.ts";
import type { KubernetesObject } from "./objects/object.ts";
import { stackOf } from "./objects/stack.ts";
import { messageOf, type Rule, type StackViolation } from "./rule.ts";

/**
 * Rules as Pulumi runs them: on each Kubernetes object before it is changed, or on all of them at the end of a preview.
 *
 * At the end Pulumi shows what there is, with what the API server and controllers have added (a Deployment's replicas). Rules
 * judge what was asked for, which it has shown before, object by object.
 */
export function policiesOf(rules: readonly Rule[]): Policies {
  const asked = new Map<string, KubernetesObject>();
  return rules.map((rule) =>
    rule.scope === "object" ? objectPolicyOf(rule, asked) : stackPolicyOf(rule, asked),
  );
}

/** What was asked for, by URN. */
type Asked = Map<string, KubernetesObject>;

function objectPolicyOf(rule: Rule, asked: Asked): ResourceValidationPolicy {
  return {
    ...aboutOf(rule),
    validateResource({ type, props, urn, getConfig }, report) {
      asked.set(urn, props);
      for (const violation of check(rule, [{ type, props }], getConfig())) report(textOf(rule, violation));
    },
  };
}

function stackPolicyOf(rule: Rule, asked: Asked): StackValidationPolicy {
  return {
    ...aboutOf(rule),
    validateStack({ resources, getConfig }, report) {
      const whole = resources.map(({ type, props, urn }) => ({ type, urn, props: asked.get(urn) ?? props }));
      const urns = new Map(whole.map(({ props, urn }) => [props as KubernetesObject, urn]));
      for (const violation of check(rule, whole, getConfig()))
        report(textOf(rule, violation), urns.get(violation.object.content));
    },
  };
}

function aboutOf(rule: Rule) {
  return {
    name: rule.name,
    description: `${rule.description} (${rule.reference})`,
    enforcementLevel: rule.severity,
    ...(rule.options && { configSchema: configSchemaOf(rule.options) }),
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
