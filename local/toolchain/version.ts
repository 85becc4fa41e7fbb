import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import semver from "semver";
import { run } from "./process.ts";
import type { VersionQuery } from "./tool-spec.ts";

export type VersionAnswer = { readonly version: string } | { readonly problem: string };

const timeoutMs = 20_000;

/** Asks a program for its version by running it. */
export async function askVersion(args: {
  path: string;
  query: VersionQuery;
  env: NodeJS.ProcessEnv;
}): Promise<VersionAnswer> {
  if (args.query.kind === "plugin") return askPlugin(args.path, args.env);
  const env = { ...args.env, PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { ok, lines, problem } = await run(args.path, args.query.argv, { env, timeoutMs });
  if (!ok) return { problem: `does not run (${[problem, ...lines.slice(0, 1)].join(": ")})` };
  const version = args.query.pattern.exec(lines.join("\n"))?.[1];
  return version && semver.valid(version)
    ? { version }
    : { problem: `does not say its version (${lines[0] ?? "no output"})` };
}

/**
 * Whether a version fits a range. Pre-releases count as what they come after, for distributions put their
 * own suffix behind a release (`1.32.4-dispatcher`).
 */
export function fits(version: string, range: string): boolean {
  return semver.satisfies(version, range, { includePrerelease: true });
}

/** Starts a Pulumi provider as the engine does (it prints its port) and asks for its plugin information. */
async function askPlugin(path: string, env: NodeJS.ProcessEnv): Promise<VersionAnswer> {
  const child = spawn(path, [], { env, stdio: ["ignore", "pipe", "ignore"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), timeoutMs);
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) => reject(new Error(`ended with ${signal ?? code}`)));
      createInterface({ input: child.stdout }).once("line", resolve);
    });
    if (!/^\d+$/.test(port)) return { problem: `is no provider: it prints "${port}", not a port` };
    const version = await pluginVersion(port);
    return semver.valid(version) ? { version } : { problem: `says "${version}", which is no version` };
  } catch (error) {
    return { problem: `does not run (${(error as Error).message})` };
  } finally {
    clearTimeout(timer);
    child.kill("SIGKILL");
  }
}

async function pluginVersion(port: string): Promise<string> {
  const [{ Client, credentials }, plugin] = await Promise.all([
    import("@grpc/grpc-js"),
    import("@pulumi/pulumi/proto/plugin_pb.js"),
  ]);
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  try {
    const answer = await new Promise<Buffer>((resolve, reject) => {
      client.makeUnaryRequest(
        "/pulumirpc.ResourceProvider/GetPluginInfo",
        (request: Buffer) => request,
        (response: Buffer) => response,
        Buffer.alloc(0),
        { deadline: Date.now() + timeoutMs },
        (error, response) => (response ? resolve(response) : reject(error)),
      );
    });
    return plugin.default.PluginInfo.deserializeBinary(answer).getVersion();
  } finally {
    client.close();
  }
}
