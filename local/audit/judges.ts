import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Report } from "../report.ts";
import { ensureTools } from "../toolchain/index.ts";
import { versions } from "../toolchain/modules.ts";
import { type Checkov, ensureCheckov } from "./checkov.ts";
import { type Finding, parseCheckovReport, parseJudgeLines } from "./findings.ts";

/** The judges, ready to be asked. */
export interface Judges {
  /** Path of the program `judges`: kube-score, trivy's checks and the Pod Security evaluator. */
  readonly program: string;
  readonly checkov: Checkov;
}

/** Hosts that images may come from. trivy by itself trusts those of three clouds and no other. */
const trustedRegistries = [
  "docker.elastic.co",
  "docker.io",
  "ghcr.io",
  "quay.io",
  "registry.k8s.io",
] as const;

/** Finds or makes the judges. @throws Error that says what is missing on this machine */
export async function ensureJudges(args: {
  readonly cache: string;
  readonly report: Report;
  readonly signal: AbortSignal;
}): Promise<Judges> {
  const { judges } = await ensureTools(["judges"], args.report);
  return { program: judges.path, checkov: await ensureCheckov({ ...args, env: process.env }) };
}

/**
 * Asks all judges of every manifest below a directory; each has one object.
 *
 * @throws Error with what a judge says when it does not end well
 */
export async function judgeManifests(args: {
  readonly directory: string;
  readonly judges: Judges;
  readonly signal: AbortSignal;
}): Promise<Finding[]> {
  const [ours, checkov] = await Promise.all([askProgram(args), askCheckov(args)]);
  return [...parseJudgeLines(ours), ...parseCheckovReport(checkov)];
}

interface AskArgs {
  readonly directory: string;
  readonly judges: Judges;
  readonly signal: AbortSignal;
}

/** The minor version of Kubernetes that the local cluster runs. */
const kubernetes = versions.kubernetes.split(".").slice(0, 2).join(".");

function askProgram({ directory, judges, signal }: AskArgs): Promise<string> {
  const argv = ["--kubernetes", kubernetes, "--registries", trustedRegistries.join(","), directory];
  return output(judges.program, argv, { signal });
}

function askCheckov({ directory, judges, signal }: AskArgs): Promise<string> {
  const { python, env } = judges.checkov;
  const quiet = ["--compact", "--skip-download", "--soft-fail"];
  const argv = [
    "-m",
    "checkov.main",
    "--directory",
    ".",
    "--framework",
    "kubernetes",
    "--output",
    "json",
    ...quiet,
  ];
  return output(python, argv, { cwd: directory, env: { ...env, LOG_LEVEL: "ERROR" }, signal });
}

async function output(
  program: string,
  argv: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly signal: AbortSignal },
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, argv, { ...options, maxBuffer: 2 ** 30 });
    return stdout;
  } catch (error) {
    options.signal.throwIfAborted();
    const { stderr, message } = error as Error & { stderr?: string };
    throw new Error(`${program} failed: ${stderr?.trim() || message}`);
  }
}
