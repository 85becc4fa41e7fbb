/** Finds or makes the programs that the local commands run. */
import { join } from "node:path";
import { takeLock } from "../lock.ts";
import { cacheDir, root } from "../paths.ts";
import type { Report } from "../report.ts";
import { buildTools } from "./build.ts";
import type { Tool } from "./cache.ts";
import { goFolder } from "./go.ts";
import { interruptible } from "./interrupt.ts";
import { fetchOfficial, probe } from "./official.ts";
import { type Machine, type Policy, Search } from "./search.ts";
import type { Platform, ToolName } from "./tool-spec.ts";
import { tools } from "./tools.ts";

export type { Tool } from "./cache.ts";
export { ToolsMissingError } from "./errors.ts";
export { providerVersion } from "./modules.ts";
export { pulumiHome } from "./search.ts";
export type { ToolName } from "./tool-spec.ts";

/**
 * Returns a working program for each name: from our cache, from PATH when its version fits, from its
 * publisher where that can be reached, or built from pinned Go modules. Only the last two take time, once per
 * machine and version, and only one process at a time does them.
 *
 * `IOT_VERIFICATION_TOOLS=path|official|build` allows nothing but that way (and what it left in the cache).
 *
 * @throws ToolsMissingError naming each tool that cannot be had, what was tried and what to install.
 */
export async function ensureTools<Name extends ToolName>(
  names: readonly Name[],
  report: Report,
  machine: Machine = thisMachine(),
): Promise<Record<Name, Tool>> {
  const search = new Search(machine, report);
  const asked = (Object.keys(tools) as ToolName[]).filter((name) => names.includes(name as Name));
  await search.look(asked);
  if (search.missing(asked).length > 0) {
    if (machine.policy === "path") throw search.failure(asked);
    await interruptible(async (signal) => {
      const file = join(machine.cache, "lock");
      const release = await takeLock(file, {
        signal,
        onWait: ({ pid, host }) =>
          report.step(`Waiting for process ${pid} on ${host}, which is making tools (its lock is ${file})`),
      });
      try {
        await search.make(asked, signal);
      } finally {
        await release();
      }
    });
  }
  return Object.fromEntries(asked.map((name) => [name, search.found(name)])) as Record<Name, Tool>;
}

/** The machine as it is: environment, user's cache, platform. */
export function thisMachine(env: NodeJS.ProcessEnv = process.env): Machine {
  return {
    env,
    platform: platform(),
    cache: cacheDir(),
    modulesDir: join(root, "local", "toolchain", "modules"),
    goFolder,
    policy: policy(env.IOT_VERIFICATION_TOOLS),
    probe,
    fetchOfficial,
    buildTools,
  };
}

function policy(value: string | undefined): Policy {
  if (!value) return "any";
  const allowed = ["any", "path", "official", "build"] as const;
  const found = allowed.find((name) => name === value);
  if (!found) throw new Error(`IOT_VERIFICATION_TOOLS is "${value}"; allowed are ${allowed.join(", ")}.`);
  return found;
}

function platform(): Platform {
  const os = process.platform;
  const arch = { x64: "amd64", arm64: "arm64" }[process.arch as string] as Platform["arch"] | undefined;
  if ((os === "linux" || os === "darwin") && arch) return { os, arch };
  throw new Error(
    `The local cluster runs on Linux and macOS, on x64 and arm64; this is ${os} on ${process.arch}. On Windows, use WSL 2.`,
  );
}
