import { readFile } from "node:fs/promises";
import { join } from "node:path";
import semver from "semver";
import { BuildError } from "./errors.ts";
import { executables } from "./path.ts";
import { run } from "./process.ts";

/** Where Go's own installer puts it. */
export const goFolder = "/usr/local/go/bin";

export interface Go {
  readonly path: string;
  readonly version: string;
  /** Folders that grow during a build. */
  readonly buildCache: string;
  readonly moduleCache: string;
}

/** The Go that a module folder asks for, from the `go` line of its go.mod. */
export async function wantedGo(moduleDir: string): Promise<string> {
  const text = await readFile(join(moduleDir, "go.mod"), "utf8");
  const version = /^go (\S+)/m.exec(text)?.[1];
  if (!version) throw new Error(`${join(moduleDir, "go.mod")} has no go line`);
  return version;
}

/**
 * Finds Go and checks that it is new enough. A Go since 1.21 fetches a newer one by itself where the person
 * has not forbidden it (GOTOOLCHAIN=local), so an old one is then no obstacle.
 */
export async function findGo(args: {
  wanted: string;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Where Go's own installer puts it, for those who have not put that on PATH. */
  folder: string;
}): Promise<Go> {
  const advice = `Install Go ${args.wanted} or newer (https://go.dev/dl/), then run the command again.`;
  const [path] = await executables("go", { PATH: `${args.env.PATH ?? ""}:${args.folder}` });
  if (!path) throw new BuildError({ reason: `Go is neither on PATH nor in ${args.folder}`, advice });
  const { ok, lines, problem } = await run(
    path,
    ["env", "-json", "GOVERSION", "GOTOOLCHAIN", "GOCACHE", "GOMODCACHE"],
    { env: args.env, cwd: args.cwd, timeoutMs: 30_000 },
  );
  if (!ok) throw new BuildError({ reason: `${path} does not run: ${problem}`, advice });
  const told = JSON.parse(lines.join("\n")) as Record<string, string>;
  const version = told.GOVERSION?.replace(/^go/, "").split(/[ -]/)[0] ?? "";
  const comparable = semver.coerce(version);
  const old = !comparable || semver.lt(comparable, semver.coerce(args.wanted) ?? "0.0.0");
  if (old && (told.GOTOOLCHAIN === "local" || !comparable || semver.lt(comparable, "1.21.0"))) {
    const why = told.GOTOOLCHAIN === "local" ? ", and GOTOOLCHAIN=local forbids it to fetch a newer one" : "";
    throw new BuildError({
      reason: `${path} is Go ${version}, needed is ${args.wanted} or newer${why}`,
      advice,
    });
  }
  return { path, version, buildCache: told.GOCACHE ?? "", moduleCache: told.GOMODCACHE ?? "" };
}
