import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { takeLock } from "../lock.ts";
import type { Report } from "../report.ts";
import { executables } from "../toolchain/path.ts";
import { run } from "../toolchain/process.ts";

/** How checkov is called. */
export interface Checkov {
  readonly python: string;
  readonly env: NodeJS.ProcessEnv;
}

interface CheckovArgs {
  /** The tool cache. */
  readonly cache: string;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/** checkov and all that it needs, with the hashes of their files. */
const requirements = new URL("checkov-requirements.txt", import.meta.url);
/** Versions of Python that all the pinned packages have files for. */
const supported = { from: 11, to: 13 } as const;

/**
 * Gets checkov from the Python package index, once for each list of pins; then from the tool cache.
 *
 * @throws Error that says what was tried, when there is no fitting Python or pip cannot get a package
 */
export async function ensureCheckov(args: CheckovArgs): Promise<Checkov> {
  const { python, minor } = await findPython(args);
  const pins = await readFile(requirements);
  const version = createHash("sha256").update(pins).update(`3.${minor} ${process.platform} ${process.arch}`);
  const folder = join(args.cache, "tools", `checkov-${version.digest("hex").slice(0, 12)}`);
  const checkov = { python, env: { ...args.env, PYTHONPATH: folder } };
  if (existsSync(folder)) return checkov;
  const release = await takeLock(join(args.cache, "checkov.lock"), {
    signal: args.signal,
    onWait: ({ pid }) => args.report.step(`Waiting for process ${pid}, which is fetching checkov`),
  });
  try {
    if (!existsSync(folder)) await install(args, { python, folder });
    return checkov;
  } finally {
    await release();
  }
}

async function install(
  { report, signal, env }: CheckovArgs,
  { python, folder }: { readonly python: string; readonly folder: string },
): Promise<void> {
  const draft = `${folder}.part`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(dirname(folder), { recursive: true });
  report.step("Fetching checkov as Python packages, once: about a minute, 300 MB");
  const pins = ["--no-deps", "--require-hashes", "--only-binary=:all:"];
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-input"];
  const argv = [
    "-m",
    "pip",
    "install",
    ...quiet,
    ...pins,
    "--target",
    draft,
    "--requirement",
    requirements.pathname,
  ];
  try {
    const { ok, lines, problem } = await run(python, argv, {
      env: { ...env, PIP_ROOT_USER_ACTION: "ignore" },
      signal,
    });
    signal.throwIfAborted();
    if (!ok) {
      const said = lines.slice(-5).map((line) => `  ${line}`);
      throw new Error(
        [`checkov cannot be had from the Python package index: ${problem}`, ...said].join("\n") +
          "\nCheck that pip reaches its index (pip config list), then run the command again.",
      );
    }
    await rename(draft, folder);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** The first Python on PATH that the pins are for and that has pip. */
async function findPython({ env, signal }: CheckovArgs): Promise<{ python: string; minor: number }> {
  const tried: string[] = [];
  const path = { PATH: [env.PATH, "/usr/bin"].filter(Boolean).join(delimiter) };
  for (let minor: number = supported.to; minor >= supported.from; minor--)
    for (const python of await executables(`python3.${minor}`, path)) {
      const { ok, lines, problem } = await run(python, ["-m", "pip", "--version"], { env, signal });
      signal.throwIfAborted();
      if (ok) return { python, minor };
      tried.push(`${python}: ${problem}: ${lines.at(-1) ?? ""}`);
    }
  throw new Error(
    [
      `checkov needs Python 3.${supported.from} to 3.${supported.to} with pip, and there is none on PATH.`,
      ...tried.map((line) => `  ${line}`),
      "Install one (on Debian: apt-get install python3-pip), then run the command again.",
    ].join("\n"),
  );
}
