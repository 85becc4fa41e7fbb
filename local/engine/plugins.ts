import { existsSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { writeWhole } from "../files.ts";
import { requireFileBackend } from "../plugins/serve.ts";

/** A program and where it came from: the machine's PATH, its publisher, or a build of our own. */
export interface EngineTool {
  readonly path: string;
  readonly origin: "path" | "official" | "built";
}

export interface EngineTools {
  readonly pulumi: EngineTool;
  /** pulumi-resource-kubernetes; absent where the CLI shall download it itself. */
  readonly kubernetes?: EngineTool | undefined;
}

/** Which plugins are filled in by this project because the official ones cannot be had. */
export interface StandIns {
  readonly languageHost: boolean;
  /** The providers of random values and of certificates. */
  readonly providers: boolean;
}

/** The `plugins` section of a Pulumi.yaml: folders that hold a plugin's program, found there without a warning. */
export interface PluginSection {
  readonly languages: readonly PluginFolder[];
  readonly providers: readonly PluginFolder[];
}
interface PluginFolder {
  readonly name: string;
  readonly path: string;
}

/**
 * Decides plugin by plugin. The language host is filled in when none lies beside the CLI, the other providers
 * when that of Kubernetes had to be built, which means that plugins cannot be downloaded.
 */
export function chooseStandIns(tools: EngineTools): StandIns {
  return {
    languageHost:
      tools.pulumi.origin === "built" ||
      (tools.pulumi.origin === "path" && !hasLanguageHost(tools.pulumi.path)),
    providers: tools.kubernetes?.origin === "built" || (!tools.kubernetes && tools.pulumi.origin === "built"),
  };
}

function hasLanguageHost(pulumi: string): boolean {
  try {
    return existsSync(join(dirname(realpathSync(pulumi)), "pulumi-language-nodejs"));
  } catch {
    return false;
  }
}

/**
 * Puts launchers for the stand-ins into `folder` and names everything that the CLI shall not look for itself. The
 * launchers run this checkout's own files, so checkouts that share a tool cache do not meet here.
 *
 * @throws when a stand-in would serve a backend that is not a folder of this machine
 */
export function placePlugins(args: {
  tools: EngineTools;
  standIns: StandIns;
  checkout: string;
  folder: string;
  backendUrl: string;
}): PluginSection {
  const place = (name: string, script: string): PluginFolder => {
    const path = join(args.folder, name);
    writeWhole(join(path, name), `#!/bin/sh\n${script}\n`, 0o755);
    return { name: name.replace(/^pulumi-(language|resource)-/, ""), path };
  };
  const placeStandIn = (name: string, source: string): PluginFolder => {
    requireFileBackend(name, args.backendUrl);
    const words = [process.execPath, join(args.checkout, "local", "plugins", source)];
    return place(name, `exec ${words.map(quote).join(" ")} "$@"`);
  };
  const { kubernetes } = args.tools;
  return {
    languages: args.standIns.languageHost ? [placeStandIn("pulumi-language-nodejs", "language-host.ts")] : [],
    providers: [
      ...(kubernetes ? [place("pulumi-resource-kubernetes", endingWithEngine(kubernetes.path))] : []),
      ...(args.standIns.providers
        ? ["random", "tls"].map((name) => placeStandIn(`pulumi-resource-${name}`, `${name}-provider.ts`))
        : []),
    ],
  };
}

/**
 * Runs a program that would outlive a killed engine by minutes, still working on the cluster. The engine holds
 * standard input open while it lives; the watcher waits for its end, and holds nothing that the engine waits for. The
 * program may have ended long before, and its number be another's: the watcher ends nothing of another name.
 */
function endingWithEngine(program: string): string {
  const still = `case "$(ps -ww -o args= -p $$)" in *${quote(basename(program))}*|"") kill $$;; esac`;
  return `exec 3<&0\n(cat <&3; ${still}) >/dev/null 2>&1 &\nexec ${quote(program)} "$@" 3<&-`;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
