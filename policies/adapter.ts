import type {
  Policies,
  PolicyConfigSchema,
  ResourceValidationPolicy,
  StackValidationPolicy,
} from "@pulumi/policy";
import { z } from "zod";
import { exceptionOf } from "./exceptions.ts";
import type { KubernetesObject } from "./objects/object.ts";
import { type Stack, stackOf } from "./objects/stack.ts";
import { messageOf, type Rule, type StackViolation } from "./rule.ts";

/**
 * Rules as Pulumi runs them: on each Kubernetes object before it is changed, or on all of them at the end of a preview.
 *
 * At the end Pulumi shows what there is, with what the API server and controllers have added (a Deployment's replicas). Rules
 * judge what was asked for, which it has shown before, object by object.
 */
export function policiesOf(rules: readonly Rule[]): Policies {
  const asked = new Map<string, KubernetesObject>();
  const together = rememberingStack();
  return rules.map((rule) =>
    rule.scope === "object" ? objectPolicyOf(rule, asked) : stackPolicyOf(rule, asked, together),
  );
}

/** What was asked for, by URN. */
type Asked = Map<string, KubernetesObject>;

type StackOf = (objects: readonly KubernetesObject[]) => Stack;

function objectPolicyOf(rule: Rule, asked: Asked): ResourceValidationPolicy {
  return {
    ...aboutOf(rule),
    validateResource({ type, props, urn, getConfig }, report) {
      asked.set(urn, props);
      if (!isWholeObject(type)) return;
      const stack = stackOf([{ content: props }]);
      for (const violation of check(rule, stack, getConfig())) report(textOf(rule, violation));
    },
  };
}

function stackPolicyOf(rule: Rule, asked: Asked, together: StackOf): StackValidationPolicy {
  return {
    ...aboutOf(rule),
    validateStack({ resources, getConfig }, report) {
      const urns = new Map(
        resources
          .filter(({ type }) => isWholeObject(type))
          .map(({ urn, props }) => [asked.get(urn) ?? (props as KubernetesObject), urn]),
      );
      for (const violation of check(rule, together([...urns.keys()]), getConfig()))
        report(textOf(rule, violation), urns.get(violation.object.content));
    },
  };
}

/** Makes the set, with all that is looked up in it, once for rules that are shown the same objects one after the other. */
function rememberingStack(): StackOf {
  let last: Stack | undefined;
  return (objects) => {
    const isSame =
      last?.objects.length === objects.length &&
      last.objects.every(({ content }, index) => content === objects[index]);
    last = isSame && last ? last : stackOf(objects.map((content) => ({ content })));
    return last;
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

function check(rule: Rule, stack: Stack, options: object): StackViolation[] {
  return rule.check(stack, options).filter(({ object }) => exceptionOf(rule, object.content) === undefined);
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
