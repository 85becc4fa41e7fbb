import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../../report.ts";
import { executables } from "../path.ts";
import { run } from "../process.ts";
import { progress } from "../progress.ts";
import { DebianError, explainAptFailure } from "./errors.ts";

/** What is seen of the machine; the tests play other ones. */
export interface DebianMachine {
  readonly env: NodeJS.ProcessEnv;
  readonly cache: string;
  /** Debian's name of the architecture. */
  readonly arch: "amd64" | "arm64";
  /** Says which release the machine is. */
  readonly releaseFile: string;
}

export interface AptArgs {
  readonly machine: DebianMachine;
  readonly report: Report;
  readonly signal: AbortSignal;
}

const programs = ["apt-get", "apt-cache", "apt-config", "dpkg-deb", "dpkg-query", "tar"] as const;
type Program = (typeof programs)[number];

/** Machine-wide settings of apt that say how its archives are reached; hooks and tastes stay behind. */
const reaching = /^Acquire::(?!IndexTargets|Changelogs|Languages|GzipIndexes|cdrom)/;

/**
 * An apt of our own: package lists, downloads and the record of what is installed lie in the cache, so that nothing of
 * the machine is read or changed but its sources, trusted keys and proxies. Needs no privileges.
 */
export class Apt {
  readonly #args: AptArgs;
  readonly #dir: string;
  readonly #paths: ReadonlyMap<Program, string>;

  /** @throws DebianError where the machine has no apt. */
  static async open(args: AptArgs): Promise<Apt> {
    const paths = new Map<Program, string>();
    for (const name of programs) {
      const [path] = await executables(name, args.machine.env);
      if (path) paths.set(name, path);
    }
    const absent = programs.filter((name) => !paths.has(name));
    if (absent.length > 0) {
      throw new DebianError({
        reason: `${absent.join(", ")} ${absent.length === 1 ? "is" : "are"} not on PATH`,
        advice:
          "Debian packages can be had on Debian and Ubuntu only: use such a machine, container or WSL 2.",
      });
    }
    const apt = new Apt(args, paths);
    await apt.#prepare();
    return apt;
  }

  private constructor(args: AptArgs, paths: ReadonlyMap<Program, string>) {
    this.#args = args;
    this.#paths = paths;
    this.#dir = join(args.machine.cache, "apt");
  }

  /** Fetches the package lists; those that did not change are not fetched again. */
  async update(): Promise<void> {
    await this.run("apt-get", ["update", "--error-on=any"], "fetching the package lists");
  }

  /**
   * Makes apt believe that these packages are installed: in the version that the sources offer or, for those of
   * `machine`, in the one that this machine has. Names that no source knows are passed over.
   */
  async assume(names: { readonly offered: readonly string[]; readonly machine: readonly string[] }) {
    const own = new Map<string, string>();
    for (const name of names.machine) {
      const what = `asking for the version of ${name}`;
      const [line] = await this.run("dpkg-query", ["--show", name], what);
      own.set(name, line?.split("\t")[1] ?? "");
    }
    const entries: string[] = [];
    for (const name of new Set([...names.offered, ...names.machine])) {
      const shown = await this.#run("apt-cache", ["show", "--no-all-versions", name]);
      if (shown.ok) entries.push(installed(shown.lines, own.get(name)));
    }
    await writeFile(join(this.#dir, "status"), entries.join("\n"));
  }

  /** Downloads the packages with all that they depend on, and returns the files' paths. */
  async download(packages: readonly string[]): Promise<string[]> {
    const archives = join(this.#dir, "archives");
    await rm(archives, { recursive: true, force: true });
    await mkdir(join(archives, "partial"), { recursive: true });
    const show = progress(this.#args.report);
    const argv = ["install", "--yes", "--no-install-recommends", "--download-only", ...packages];
    await this.run("apt-get", argv, `fetching ${packages.join(", ")}`, (line) => {
      if (line.startsWith("Get:")) show(line);
    });
    const files = (await readdir(archives)).filter((name) => name.endsWith(".deb")).sort();
    return files.map((name) => join(archives, name));
  }

  /** Removes what was downloaded and apt's index of it; the package lists stay. */
  async clean(): Promise<void> {
    for (const name of ["archives", "pkgcache.bin", "srcpkgcache.bin"])
      await rm(join(this.#dir, name), { recursive: true, force: true });
  }

  /** @throws DebianError with apt's own words. */
  async run(program: Program, argv: readonly string[], what: string, onLine?: (line: string) => void) {
    const { ok, lines, problem } = await this.#run(program, argv, onLine);
    if (!ok) throw explainAptFailure({ what, problem, lines });
    return lines;
  }

  async #run(program: Program, argv: readonly string[], onLine?: (line: string) => void) {
    const { machine, signal } = this.#args;
    const env = {
      ...machine.env,
      LC_ALL: "C",
      DEBIAN_FRONTEND: "noninteractive",
      APT_CONFIG: join(this.#dir, "apt.conf"),
    };
    const result = await run(this.#paths.get(program) ?? program, argv, {
      env,
      signal,
      ...(onLine ? { onLine } : {}),
    });
    signal.throwIfAborted();
    return result;
  }

  async #prepare(): Promise<void> {
    const dir = this.#dir;
    for (const name of ["lists/partial", "archives/partial", "state"])
      await mkdir(join(dir, name), { recursive: true });
    await writeFile(join(dir, "status"), "");
    await writeFile(join(dir, "preferences"), preferences);
    const { machine, signal } = this.#args;
    const path = this.#paths.get("apt-config") ?? "apt-config";
    const settings: string[] = [];
    const { ok, lines, problem } = await run(path, ["dump"], {
      env: { ...machine.env, LC_ALL: "C" },
      signal,
      onLine: (line) => reaching.test(line) && settings.push(line),
    });
    if (!ok) throw explainAptFailure({ what: "reading apt's settings", problem, lines });
    await writeFile(join(dir, "apt.conf"), configuration({ dir, arch: machine.arch, settings }));
  }
}

/** What is taken for installed stays as it is, although the same version from an archive looks like another one. */
const preferences = "Package: *\nPin: release a=now\nPin-Priority: 1001\n";

function configuration(args: { dir: string; arch: string; settings: readonly string[] }): string {
  const { dir, arch } = args;
  return [
    ...args.settings,
    // The machine's own hooks run as whoever calls apt, on the machine's own folders: none of them.
    'Dir::Etc::main "/dev/null";',
    'Dir::Etc::parts "/dev/null";',
    `Dir::Etc::preferences "${dir}/preferences";`,
    `Dir::State "${dir}/state";`,
    `Dir::State::lists "${dir}/lists";`,
    `Dir::State::status "${dir}/status";`,
    `Dir::Cache "${dir}";`,
    `Dir::Cache::archives "${dir}/archives";`,
    // Root's apt fetches as a user who may not write to the cache.
    'APT::Sandbox::User "root";',
    // Otherwise apt brings excluded packages along, as those of one source are to be of one version.
    'APT::Get::Upgrade-By-Source-Package "false";',
    `APT::Architecture "${arch}";`,
    `APT::Architectures { "${arch}"; };`,
    'Acquire::Languages "none";',
    'Acquire::GzipIndexes "true";',
    "",
  ].join("\n");
}

/** The entry of a package in dpkg's list of what is installed, without what it depends on. */
function installed(shown: readonly string[], version: string | undefined): string {
  const kept = shown.filter((line) => /^(Package|Version|Architecture|Multi-Arch|Provides):/.test(line));
  const lines = kept.map((line) => (version && line.startsWith("Version:") ? `Version: ${version}` : line));
  return [
    ...lines,
    "Status: install ok installed",
    "Maintainer: none",
    "Description: taken for installed",
    "",
  ].join("\n");
}

/** Which release of which distribution the machine is, such as `debian 12`. */
export async function release(machine: DebianMachine): Promise<string> {
  const text = await readFile(machine.releaseFile, "utf8").catch(() => "");
  const value = (key: string) => new RegExp(`^${key}="?([^"\n]*)`, "m").exec(text)?.[1] ?? "";
  return `${value("ID")} ${value("VERSION_ID") || value("VERSION_CODENAME")}`.trim();
}
