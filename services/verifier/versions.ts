/** Which engines the image carries, and whether they are the configured ones. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Engine, type EngineName, type EngineSetting, engines } from "./engines.ts";

/** An engine of the table, as it was found. */
export interface FoundEngine {
  readonly name: EngineName;
  /** Undefined if the image does not carry it. */
  readonly version: string | undefined;
  /** What is wrong with it, if anything is. */
  readonly problem: string | undefined;
}

/** Milliseconds that an engine may take to say its version. */
const versionTimeout = 10_000;

/**
 * Looks for all engines of the table. One that is not needed may be absent; one that is there must have the version that
 * its setting states.
 *
 * @param needed engines that the verifier runs
 * @param configured the value of a setting
 */
export function findEngines(
  needed: readonly EngineName[],
  configured: (setting: EngineSetting) => string,
): Promise<FoundEngine[]> {
  const names = Object.keys(engines) as EngineName[];
  return Promise.all(names.map((name) => findEngine(name, { isNeeded: needed.includes(name), configured })));
}

async function findEngine(
  name: EngineName,
  { isNeeded, configured }: { isNeeded: boolean; configured: (setting: EngineSetting) => string },
): Promise<FoundEngine> {
  const engine: Engine = engines[name];
  const expected = configured(engine.setting);
  const wanted = `${engine.title} ${expected} (${engine.setting})`;
  const answer = await versionAnswer(engine);
  if (answer === undefined) {
    return { name, version: undefined, problem: isNeeded ? `${wanted}: the image carries none` : undefined };
  }
  const version = engine.version.pattern.exec(answer)?.[1];
  if (version === expected) return { name, version, problem: undefined };
  const found = version ?? `one that says "${answer.slice(0, 100)}"`;
  return { name, version: found, problem: `${wanted}: the image carries ${found}` };
}

/** What the engine says about its version; undefined if there is no such program. */
async function versionAnswer({ program, version }: Engine): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(program, [...version.args], { timeout: versionTimeout });
    return stdout.trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    return String(error);
  }
}
