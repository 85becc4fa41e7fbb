import type { z } from "zod";
import type { KubernetesObject } from "./objects/object.ts";
import type { Stack, StackObject } from "./objects/stack.ts";

/** `mandatory` stops an update, `advisory` warns. */
export type Severity = "mandatory" | "advisory";

/** Something that a rule objects to in an object. Neither text ever quotes a credential. */
export interface Violation {
  /** Path of the field, such as `spec.template.spec.containers[0].image`. */
  readonly path: string;
  /** What is wrong with which part, such as `container web runs nginx without a tag`: no capital, no full stop. */
  readonly problem: string;
  /** What to write instead, as a sentence without its full stop, such as `Write a tag that names a version`. */
  readonly fix: string;
}

/** A violation of a rule that looks at several objects. */
export interface StackViolation extends Violation {
  /** The object that has to change. */
  readonly object: StackObject;
}

/** What every rule says of itself; `docs/policies/` is made from it. */
export interface RuleText {
  /** Unique name in kebab-case, and of its file. */
  readonly name: string;
  readonly severity: Severity;
  /** What is asked, in one sentence. */
  readonly description: string;
  /** What happens where it is not kept, as one sentence that completes every message. */
  readonly why: string;
  /** Where that comes from: a URL of the standard or of the upstream documentation. */
  readonly reference: string;
  /** Rules that see the same defect and say more of it: where one of them objects to a field, this one does not repeat it. */
  readonly yieldsTo?: readonly string[];
}

/** A rule, ready to be given its options. */
export interface Rule extends RuleText {
  readonly scope: "object" | "stack";
  /** What can be chosen, each with a default. */
  readonly options?: z.ZodObject;
  /**
   * What it objects to in a set of objects.
   * @param options as somebody wrote them
   * @throws z.ZodError when they do not fit
   */
  check(stack: Stack, options?: unknown): StackViolation[];
}

/** A rule about single objects; objects of kinds that it is not about have no violations. */
export function objectRule<Options extends z.ZodObject = z.ZodObject>(
  rule: RuleText & {
    readonly options?: Options;
    check(object: KubernetesObject, options: z.output<Options>): readonly Violation[];
  },
): Rule {
  return {
    ...rule,
    scope: "object",
    check: (stack, given) => {
      const options = chosen(rule.options, given);
      return stack.objects.flatMap((object) =>
        rule.check(object.content, options).map((violation) => ({ ...violation, object })),
      );
    },
  };
}

/** A rule about how objects fit together. */
export function stackRule<Options extends z.ZodObject = z.ZodObject>(
  rule: RuleText & {
    readonly options?: Options;
    check(stack: Stack, options: z.output<Options>): readonly StackViolation[];
  },
): Rule {
  return {
    ...rule,
    scope: "stack",
    check: (stack, given) => [...rule.check(stack, chosen(rule.options, given))],
  };
}

function chosen<Options extends z.ZodObject>(schema: Options | undefined, given: unknown): z.output<Options> {
  // A rule without options is given an empty object, which is what the type says then.
  return (schema?.parse(given ?? {}) ?? {}) as z.output<Options>;
}

/** The message to people: what, why, and what to write instead. */
export function messageOf(rule: RuleText, { problem, fix }: Violation): string {
  return `${problem}. ${rule.why} ${fix}.`;
}
