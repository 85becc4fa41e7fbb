import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Report } from "../report.ts";
import { executables } from "../toolchain/path.ts";
import { run } from "../toolchain/process.ts";

/** The oldest system that the wheel of an architecture runs on; the same as in the Containerfile. */
const platforms = { amd64: "manylinux_2_27_x86_64", arm64: "manylinux_2_38_aarch64" } as const;

/** Ways to call pip. */
const pips = [["python3", "-m", "pip"], ["pip3"], ["pip"]] as const;

/**
 * The Z3 program, from the wheel that a requirement names by its hash; kept in the tool cache.
 *
 * @param args.requirement file in the form of pip's requirements
 * @returns path of the program
 * @throws Error that says what was tried, when there is no pip or it cannot get the wheel
 */
export async function z3Program(args: {
  readonly requirement: string;
  readonly architecture: keyof typeof platforms;
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  readonly signal: AbortSignal;
}): Promise<string> {
  const platform = platforms[args.architecture];
  const pinned = createHash("sha256")
    .update(await readFile(args.requirement))
    .update(platform)
    .digest("hex");
  const folder = join(args.cache, "tools", `z3-${pinned.slice(0, 12)}`);
  const program = join(folder, "bin", "z3");
  if (existsSync(program)) return program;
  const draft = `${folder}.part`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  args.report.step("Fetching Z3 as a Python wheel");
  try {
    await install({ ...args, platform, folder: draft });
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return program;
}

async function install(args: {
  readonly requirement: string;
  readonly platform: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}): Promise<void> {
  const [pip, ...first] = await findPip(args.env, args.signal);
  const argv = [...first, "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-compile"];
  const pins = ["--require-hashes", "--only-binary=:all:", `--platform=${args.platform}`];
  const result = await run(
    pip,
    [...argv, ...pins, `--target=${args.folder}`, `--requirement=${args.requirement}`],
    { env: { ...args.env, PIP_ROOT_USER_ACTION: "ignore" }, signal: args.signal },
  );
  args.signal.throwIfAborted();
  if (result.ok) return;
  const said = result.lines.slice(-5).map((line) => `  ${line}`);
  throw new Error(
    [`Z3 cannot be had from its Python wheel: ${result.problem}`, ...said].join("\n") +
      "\nCheck that pip reaches its package index (pip config list), then run the command again.",
  );
}

async function findPip(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<[string, ...string[]]> {
  const tried: string[] = [];
  for (const [name, ...argv] of pips) {
    const [path] = await executables(name, env);
    const command = [name, ...argv].join(" ");
    if (!path) {
      tried.push(`${command}: not on PATH`);
      continue;
    }
    const { ok, problem } = await run(path, [...argv, "--version"], { env, signal });
    signal.throwIfAborted();
    if (ok) return [path, ...argv];
    tried.push(`${command}: ${problem}`);
  }
  throw new Error(
    [
      "Z3 comes as a Python wheel, and there is no pip to get it. Tried, in this order:",
      ...tried.map((line) => `  ${line}`),
      "Install pip (on Debian: apt-get install python3-pip), then run the command again.",
    ].join("\n"),
  );
}
