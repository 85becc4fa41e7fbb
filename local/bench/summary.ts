import type { Step } from "./critical-path.ts";
import { type Phase, phases, type Run } from "./measure.ts";
import type { Judged } from "./policies.ts";

/** Seconds of several measurements. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export interface Summary {
  readonly stack: string;
  readonly resources: number;
  readonly phases: Readonly<Record<Phase, Spread>>;
  /** By the committed delays, over true dependencies; the same in every run. */
  readonly criticalPath: number;
  /** Waits of the stack beyond those: they lengthen a cold create, and not the path. */
  readonly needless: readonly string[];
  /** Median of the cold creates, divided by the critical path. */
  readonly ratio: number;
  readonly limit: number;
  /** Seconds that policies add to a preview of the whole stack, by the medians. */
  readonly policies: number;
  /** What the rules alone take, over more and more objects. */
  readonly rules: readonly Judged[];
  /** The profile of the run whose cold create is the median one. */
  readonly profile: Profile;
}

/** Where the time of a cold create went, in seconds. */
export interface Profile {
  /** From the start of the CLI to the first resource: program, providers, preview, policies. */
  readonly before: number | undefined;
  readonly path: readonly (Omit<Step, "created"> & {
    /** From the start of the CLI to the moment at which it was there. */
    readonly done: number | undefined;
  })[];
  /** From the last resource to the end of the CLI. */
  readonly after: number | undefined;
}

/** @throws Error when there is no run */
export function summarize(args: {
  readonly stack: string;
  readonly runs: readonly Run[];
  readonly rules: readonly Judged[];
  readonly limit: number;
}): Summary {
  const { stack, runs, rules, limit } = args;
  const byDuration = runs.toSorted(
    (a, b) => a.phases["cold create"].seconds - b.phases["cold create"].seconds,
  );
  const middle = byDuration[Math.floor((byDuration.length - 1) / 2)];
  if (!middle) throw new Error("nothing was measured");
  const spreads = phases.map((phase) => [phase, spread(runs.map((run) => run.phases[phase].seconds))]);
  const all = Object.fromEntries(spreads) as Record<Phase, Spread>;
  return {
    stack,
    resources: middle.resources,
    phases: all,
    criticalPath: middle.path.seconds,
    needless: middle.needless,
    ratio: all["cold create"].median / middle.path.seconds,
    limit,
    policies: all["preview with policies"].median - all.preview.median,
    rules,
    profile: profileOf(middle),
  };
}

/** The median of an even number is the mean of the two in the middle. */
export function spread(seconds: readonly number[]): Spread {
  const sorted = seconds.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  const half = (sorted.length - 1) / 2;
  return { median: (at(Math.floor(half)) + at(Math.ceil(half))) / 2, min: at(0), max: at(sorted.length - 1) };
}

function profileOf({ phases: { "cold create": cold }, path }: Run): Profile {
  const { span } = path;
  const begin = cold.began.getTime() / 1000;
  return {
    before: span && span.first.getTime() / 1000 - begin,
    path: path.steps.map(({ created, ...step }) => ({
      ...step,
      done: created && created.getTime() / 1000 - begin,
    })),
    after: span && begin + cold.seconds - span.last.getTime() / 1000,
  };
}

/** The summary, for people. */
export function describeSummary(summary: Summary): string {
  const { stack, resources, criticalPath, needless, ratio, limit, policies, rules, profile } = summary;
  const rows = phases.map((phase) => [phase, ...Object.values(summary.phases[phase]).map(seconds)]);
  const verdict = ratio <= limit ? "at most" : "MORE than";
  return `${[
    `Stack ${stack}, ${resources} resources, pods played; wall time of the Pulumi CLI in seconds:`,
    table([["", "median", "min", "max"], ...rows]),
    "",
    `Policies add ${seconds(policies)} s to a preview of the whole stack. Over objects alone the rules take`,
    table([
      ["objects", "seconds", "ms each"],
      ...rules.map((one) => [
        String(one.objects),
        one.seconds.toFixed(2),
        ((1000 * one.seconds) / one.objects).toFixed(2),
      ]),
    ]),
    "",
    `The critical path takes ${seconds(criticalPath)} s by the start-up delays and true dependencies alone; what each step took beyond, when measured:`,
    table([
      ["", "delay", "beyond", "done at"],
      ["before the first resource", "", seconds(profile.before), ""],
      ...profile.path.map((step) => [
        step.resource,
        seconds(step.seconds),
        seconds(step.beyond),
        seconds(step.done),
      ]),
      ["after the last resource", "", seconds(profile.after), ""],
    ]),
    ...(needless.length > 0
      ? [
          "",
          "Waits that local/bench/dependencies.yaml does not know:",
          ...needless.map((wait) => `  ${wait}`),
        ]
      : []),
    "",
    `Cold create takes ${ratio.toFixed(2)} of the critical path, ${verdict} the limit of ${limit}.`,
  ].join("\n")}\n`;
}

function seconds(value: number | undefined): string {
  return value === undefined ? "-" : value.toFixed(1);
}

function table(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = ([first = "", ...rest]: readonly string[]) =>
    [first.padEnd(widths[0] ?? 0), ...rest.map((cell, index) => cell.padStart(widths[index + 1] ?? 0))].join(
      "  ",
    );
  return rows.map((row) => `  ${line(row)}`).join("\n");
}
