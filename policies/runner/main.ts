import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { judge } from "../judge.ts";
import { stackOf } from "../objects/stack.ts";
import { rules } from "../rules.ts";
import { readSettings, type Settings } from "../settings.ts";
import { asJson, asTable, exceptionTable } from "./report.ts";
import { readSources, type Surroundings, standardInput } from "./sources.ts";

export const usage = `Usage: npm run policies -- FILES... [--format table|json] [--config FILE] [--exceptions] [--list]

Judges Kubernetes objects by the rules in docs/policies. FILES are YAML or JSON, folders of them, Markdown with YAML
blocks, or - for the standard input. Exit code 0: no mandatory violation; 1: at least one; 2: none, but not everything could be read.

  --format table   for people (default); json: for machines
  --config FILE    levels and options of rules, as for Pulumi's --policy-pack-config
  --exceptions     lists what objects except themselves from, with the reasons
  --list           lists the rules
`;

/** What a call says and ends with. */
interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

const options = {
  format: { type: "string", default: "table" },
  config: { type: "string" },
  exceptions: { type: "boolean", default: false },
  list: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const;

interface Caller {
  readonly directory: string;
  /** Reads the standard input to its end. */
  readonly input: () => Promise<Buffer>;
}

/** `npm run policies`. */
export async function runPolicies(argv: readonly string[], { directory, input }: Caller): Promise<Outcome> {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    if (values.help) return { code: 0, stdout: usage, stderr: "" };
    if (values.list) return { code: 0, stdout: ruleTable(), stderr: "" };
    if (!["table", "json"].includes(values.format))
      throw new Error(`--format is ${values.format}; it must be table or json`);
    if (positionals.length === 0) throw new Error(`no file is named\n\n${usage}`);
    const settings = values.config === undefined ? {} : settingsFrom(directory, values.config);
    const given = positionals.includes(standardInput) ? { input: await input() } : {};
    return judgeSources({ paths: positionals, settings, ...values }, { directory, ...given });
  } catch (error) {
    return { code: 2, stdout: "", stderr: `${(error as Error).message}\n` };
  }
}

function judgeSources(
  call: {
    readonly paths: readonly string[];
    readonly settings: Settings;
    readonly format: string;
    readonly exceptions: boolean;
  },
  surroundings: Surroundings,
): Outcome {
  const { paths, settings, format, exceptions } = call;
  const { objects, problems, strangers } = readSources(paths, surroundings);
  if (objects.length === 0 && problems.length === 0)
    throw new Error(`no object of Kubernetes is in ${paths.join(", ")}`);
  const judgement = judge(stackOf(objects), rules, settings);
  const isRefused = judgement.findings.some(({ severity }) => severity === "mandatory");
  const shown = exceptions ? judgement.exceptions : judgement.findings;
  const text = exceptions ? exceptionTable(judgement) : asTable(judgement, objects.length);
  const said =
    strangers.length === 0
      ? []
      : [`${strangers.length} documents in folders are no objects of Kubernetes: skipped`];
  return {
    code: isRefused && !exceptions ? 1 : problems.length > 0 ? 2 : 0,
    stdout: format === "json" ? asJson(shown) : text,
    stderr: [...problems, ...said].map((line) => `${line}\n`).join(""),
  };
}

/** @throws Error that names the file */
function settingsFrom(directory: string, file: string): Settings {
  try {
    return readSettings(rules, parse(readFileSync(resolve(directory, file), "utf8")));
  } catch (error) {
    throw new Error(`--config ${file}: ${(error as Error).message}`);
  }
}

function ruleTable(): string {
  return rules
    .map(({ name, severity, description }) => `${severity.padEnd(9)}  ${name}\n    ${description}\n`)
    .join("");
}
