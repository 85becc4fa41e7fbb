import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { parse } from "yaml";
import { judge } from "../judge.ts";
import { stackOf } from "../objects/stack.ts";
import { rules } from "../rules.ts";
import { readSettings, type Settings } from "../settings.ts";
import { asJson, asTable, exceptionTable } from "./report.ts";
import { readSources } from "./sources.ts";

export const usage = `Usage: npm run policies -- FILES... [--format table|json] [--config FILE] [--exceptions]

Judges Kubernetes objects by the rules in docs/policies. FILES are YAML or JSON, folders of them, Markdown with YAML
blocks, or - for the standard input. Exit code 0: no mandatory violation; 1: at least one; 2: not everything could be read.

  --format table   for people (default); json: for machines
  --config FILE    levels and options of rules, as for Pulumi's --policy-pack-config
  --exceptions     lists what objects except themselves from, with the reasons
  --list           lists the rules
`;

/** What a call says and ends with. */
export interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

const options = {
  format: { type: "string", default: "table" },
  config: { type: "string" },
  exceptions: { type: "boolean", default: false },
  list: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

/** `npm run policies`. */
export function runPolicies(argv: readonly string[]): Outcome {
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    if (values.help) return { code: 0, stdout: usage, stderr: "" };
    if (values.list) return { code: 0, stdout: ruleTable(), stderr: "" };
    if (!["table", "json"].includes(values.format))
      throw new Error(`--format is ${values.format}; it must be table or json`);
    if (positionals.length === 0) throw new Error(`no file is named\n\n${usage}`);
    const settings = values.config === undefined ? {} : settingsFrom(values.config);
    return judgeSources(positionals, settings, values);
  } catch (error) {
    return { code: 2, stdout: "", stderr: `${(error as Error).message}\n` };
  }
}

function judgeSources(
  paths: readonly string[],
  settings: Settings,
  { format, exceptions }: { readonly format: string; readonly exceptions: boolean },
): Outcome {
  const { objects, problems } = readSources(paths);
  const judgement = judge(stackOf(objects), rules, settings);
  const isRefused = judgement.findings.some(({ severity }) => severity === "mandatory");
  if (objects.length === 0 && problems.length === 0)
    throw new Error(`no object of Kubernetes is in ${paths.join(", ")}`);
  const shown = exceptions ? judgement.exceptions : judgement.findings;
  const text = exceptions ? exceptionTable(judgement.exceptions) : asTable(judgement, objects.length);
  return {
    code: problems.length > 0 ? 2 : isRefused && !exceptions ? 1 : 0,
    stdout: format === "json" ? asJson(shown) : text,
    stderr: problems.map((problem) => `${problem}\n`).join(""),
  };
}

/** @throws Error that names the file */
function settingsFrom(file: string): Settings {
  try {
    return readSettings(rules, parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Error(`--config ${file}: ${(error as Error).message}`);
  }
}

function ruleTable(): string {
  return rules
    .map(({ name, severity, description }) => `${severity.padEnd(9)}  ${name}\n    ${description}\n`)
    .join("");
}
