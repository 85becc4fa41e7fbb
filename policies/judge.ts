import { exceptionOf, exceptionsIn } from "./exceptions.ts";
import type { Stack, StackObject } from "./objects/stack.ts";
import { messageOf, type Rule, type Severity } from "./rule.ts";
import { type Settings, settingOf } from "./settings.ts";

/** A violation, as it is reported. */
export interface Finding {
  /** Name of the rule. */
  readonly policy: string;
  readonly severity: Severity;
  readonly object: StackObject;
  readonly path: string;
  readonly message: string;
}

/** A violation that its object says to be right. */
export interface Exception extends Finding {
  readonly reason: string;
}

/** An exception that excepts its object from nothing. */
export interface IdleException {
  readonly object: StackObject;
  /** What it names. */
  readonly name: string;
  /** Whether a rule is called that; otherwise it is misspelt, or of another judge. */
  readonly isRule: boolean;
}

export interface Judgement {
  /** By object, in the order of the objects. */
  readonly findings: readonly Finding[];
  readonly exceptions: readonly Exception[];
  readonly idle: readonly IdleException[];
}

/** What rules object to in a set of objects. */
export function judge(stack: Stack, rules: readonly Rule[], settings: Settings = {}): Judgement {
  const findings: Finding[] = [];
  const exceptions: Exception[] = [];
  for (const rule of rules) {
    const { level, options } = settingOf(rule, settings);
    if (level === "disabled") continue;
    for (const violation of rule.check(stack, options)) {
      const { object, path } = violation;
      const message = messageOf(rule, violation);
      const finding = { policy: rule.name, severity: level, object, path, message };
      const reason = exceptionOf(rule, object.content);
      if (reason === undefined) findings.push(finding);
      else exceptions.push({ ...finding, reason });
    }
  }
  const order = new Map(stack.objects.map((object, index) => [object.content, index]));
  const byObject = (a: Finding, b: Finding) =>
    (order.get(a.object.content) ?? 0) - (order.get(b.object.content) ?? 0);
  return {
    findings: withoutRepetition(findings, rules).sort(byObject),
    exceptions: exceptions.sort(byObject),
    idle: idleExceptions(stack, rules, exceptions),
  };
}

/** One defect is one finding: rules yield to others that found the same, unless those would only warn where they refuse. */
function withoutRepetition(findings: readonly Finding[], rules: readonly Rule[]): Finding[] {
  const yieldsTo = new Map(rules.map((rule) => [rule.name, rule.yieldsTo ?? []]));
  const byObject = Map.groupBy(findings, ({ object }) => object.content);
  return findings.filter(({ policy, severity, object, path }) => {
    const others = yieldsTo.get(policy) ?? [];
    if (others.length === 0) return true;
    return !byObject
      .get(object.content)
      ?.some(
        (other) =>
          other.path === path &&
          others.includes(other.policy) &&
          (other.severity === "mandatory" || severity === "advisory"),
      );
  });
}

function idleExceptions(
  stack: Stack,
  rules: readonly Rule[],
  exceptions: readonly Exception[],
): IdleException[] {
  const names = new Set(rules.map(({ name }) => name));
  const used = Map.groupBy(exceptions, ({ object }) => object.content);
  return stack.objects.flatMap((object) =>
    exceptionsIn(object.content)
      .filter((name) => !used.get(object.content)?.some(({ policy }) => policy === name))
      .map((name) => ({ object, name, isRule: names.has(name) })),
  );
}
