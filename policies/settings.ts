import { z } from "zod";
import type { Rule, Severity } from "./rule.ts";

/**
 * What a team has chosen for single rules, in the form of Pulumi's own `--policy-pack-config`: by name a level, or a level and
 * the rule's options. https://www.pulumi.com/docs/insights/policy/policy-packs/authoring/#configuring-policies
 */
export type Settings = Readonly<Record<string, RuleSettings>>;

export interface RuleSettings {
  /** `disabled` switches the rule off. */
  readonly level?: Severity | "disabled";
  readonly options: unknown;
}

const level = z.enum(["mandatory", "advisory", "disabled"]);
const entry = z.union([level, z.looseObject({ enforcementLevel: level.optional() })]);

/**
 * Reads settings.
 *
 * @throws Error that names every entry that is wrong, and what is allowed there
 */
export function readSettings(rules: readonly Rule[], given: unknown): Settings {
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new Error("settings are a mapping of names of rules to a level or to options");
  const problems: string[] = [];
  const settings: Record<string, RuleSettings> = {};
  for (const [name, value] of Object.entries(given)) {
    const parsed = entry.safeParse(value);
    const rule = rules.find((one) => one.name === name);
    if (name !== "all" && !rule) problems.push(`${name}: no rule is called that; \`--list\` shows all`);
    else if (!parsed.success)
      problems.push(
        `${name}: must be mandatory, advisory or disabled, or a mapping with enforcementLevel and options`,
      );
    else if (typeof parsed.data === "string") settings[name] = { level: parsed.data, options: {} };
    else {
      const { enforcementLevel, ...options } = parsed.data;
      problems.push(...problemsOf(name, rule, options));
      settings[name] = { ...(enforcementLevel && { level: enforcementLevel }), options };
    }
  }
  if (problems.length > 0) throw new Error(problems.join("\n"));
  return settings;
}

function problemsOf(
  name: string,
  rule: Rule | undefined,
  options: Readonly<Record<string, unknown>>,
): string[] {
  if (Object.keys(options).length === 0) return [];
  if (!rule?.options) return [`${name}: has no options`];
  const parsed = rule.options.strict().safeParse(options);
  return parsed.success
    ? []
    : parsed.error.issues.map(({ path, message }) => `${[name, ...path].join(".")}: ${message}`);
}

/** What holds for a rule: its own severity unless chosen otherwise for it, or for `all`. */
export function settingOf(
  rule: Rule,
  settings: Settings,
): { level: Severity | "disabled"; options: unknown } {
  const own = settings[rule.name];
  return { level: own?.level ?? settings.all?.level ?? rule.severity, options: own?.options ?? {} };
}
