import { z } from "zod";
import { fieldHelp } from "./fields.ts";
import { secretKeys } from "./schema.ts";
import { innerOf, keysOf, leafPaths, schemaAt, unwrapped } from "./schema-walk.ts";

/** One problem of a configuration. */
export interface Problem {
  /** The whole key, such as `iot-verification:gateway.replicas`. */
  readonly key: string;
  /** The value as it was given, shortened; absent when nothing was given or it is a secret. */
  readonly value?: string;
  /** What is wrong, what is allowed, and what to do. */
  readonly advice: string;
}

/** Words the problems for the person who wrote the configuration. */
export function describeProblems(stack: string, problems: readonly Problem[]): string {
  const lines = problems.map(
    ({ key, value, advice }) => `  ${key}${value === undefined ? "" : ` = ${value}`}: ${advice}`,
  );
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return [`the configuration of stack ${stack} has ${count}; nothing was changed:`, ...lines].join("\n");
}

/** Turns what the schema found into problems. `isSecret` says of a top-level key that its value must not be shown. */
export function problemsOf(
  error: z.ZodError,
  input: unknown,
  project: string,
  isSecret: (key: string) => boolean,
): Problem[] {
  const problems = error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    const hidden = isSecret(path[0] ?? "") || (secretKeys as readonly string[]).includes(path[0] ?? "");
    if (issue.code === "unrecognized_keys") {
      return issue.keys.map((key) => unknownKey(project, path, key));
    }
    if (issue.code === "invalid_key") {
      return [unknownKey(project, path.slice(0, -1), path.at(-1) ?? "")];
    }
    return [illegalValue(project, path, valueAt(input, path), hidden, issue)];
  });
  // A value that breaks two bounds of its key has one problem.
  return problems.filter(({ key }, index) => problems.findIndex((other) => other.key === key) === index);
}

function illegalValue(
  project: string,
  path: readonly string[],
  given: unknown,
  hidden: boolean,
  issue: z.core.$ZodIssue,
): Problem {
  const key = fullKey(project, path);
  const judged = issue.code === "custom" ? issue.params : undefined;
  const help = judged ?? helpAt(path);
  const example = help?.example ? `; for example ${help.example}` : "";
  const rule = `must be ${help?.allowed ?? expectedKind(path)}${example}`;
  const value = given === undefined ? judged?.value : given;
  if (value === undefined) return { key, advice: `is missing; it ${rule}` };
  const advice = given === undefined ? `is the default, and ${rule}` : rule;
  return { key, value: hidden ? "[secret]" : shortened(value), advice };
}

function expectedKind(path: readonly string[]): string {
  const kind = unwrapped(schemaAt(path));
  if (kind instanceof z.ZodArray) return "a list";
  const keys = keysOf(kind);
  return keys.length > 0 ? `a map with keys from ${keys.join(", ")}` : "a legal value";
}

function unknownKey(project: string, path: readonly string[], key: string): Problem {
  return { key: fullKey(project, [...path, key]), advice: `is not a known key; ${suggestion(path, key)}` };
}

function suggestion(path: readonly string[], key: string): string {
  const known = keysOf(unwrapped(schemaAt(path)));
  const near = nearest(key, known);
  if (near) return `did you mean ${near}?`;
  const elsewhere = leafPaths().filter((leaf) => leaf.at(-1)?.toLowerCase() === key.toLowerCase());
  const meant = elsewhere.find((leaf) => path.every((step, index) => leaf[index] === step)) ?? elsewhere[0];
  if (meant) return `did you mean ${meant.join(".")}?`;
  return `known keys here are ${known.join(", ")}`;
}

/** The candidate that a word was probably meant to be. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const best = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  return best && best.distance <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** The key as `pulumi config set --path` takes it. */
function fullKey(project: string, path: readonly string[]): string {
  const steps = path.map((step, index) => {
    if (unwrapped(schemaAt(path.slice(0, index))) instanceof z.ZodArray) return `[${step}]`;
    return index === 0 ? step : `.${step}`;
  });
  return `${project}:${steps.join("")}`;
}

function shortened(value: unknown): string {
  const text = typeof value === "number" ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

function valueAt(input: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    input,
  );
}

function helpAt(path: readonly string[]) {
  for (let node = schemaAt(path); node; node = innerOf(node)) {
    const help = fieldHelp.get(node);
    if (help) return help;
  }
  return undefined;
}

/** Number of single-character edits between two words (Levenshtein). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, substitution));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
