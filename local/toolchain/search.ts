import { join } from "node:path";
import semver from "semver";
import type { Report } from "../report.ts";
import type { buildTools, ModuleOrder } from "./build.ts";
import { builtFolder, cachedTool, officialFolder, removeUnused, type Tool } from "./cache.ts";
import { type Attempt, BuildError, ToolsMissingError, type Way } from "./errors.ts";
import { type ModuleName, modules } from "./modules.ts";
import type { fetchOfficial, probe } from "./official.ts";
import { executables } from "./path.ts";
import type { Platform, ToolName } from "./tool-spec.ts";
import { tools } from "./tools.ts";
import { askVersion, fits } from "./version.ts";

/** What a search may use: `any` tries everything in order, the others nothing but that one way. */
export type Policy = "any" | "path" | "official" | "build";

/** What a search sees of the machine; the tests play other ones. */
export interface Machine {
  readonly env: NodeJS.ProcessEnv;
  readonly platform: Platform;
  readonly cache: string;
  readonly modulesDir: string;
  readonly goFolder: string;
  readonly policy: Policy;
  readonly probe: typeof probe;
  readonly fetchOfficial: typeof fetchOfficial;
  readonly buildTools: typeof buildTools;
}

/** One search: what was found so far, and what was tried in vain. */
export class Search {
  readonly #machine: Machine;
  readonly #report: Report;
  readonly #found = new Map<ToolName, Tool>();
  readonly #attempts = new Map<ToolName, Attempt[]>();

  constructor(machine: Machine, report: Report) {
    this.#machine = machine;
    this.#report = report;
  }

  found(name: ToolName): Tool | undefined {
    return this.#found.get(name);
  }

  missing(names: readonly ToolName[]): ToolName[] {
    return names.filter((name) => !this.#found.has(name));
  }

  /** Looks where nothing needs to be made: the cache, then PATH. */
  async look(names: readonly ToolName[]): Promise<void> {
    await Promise.all(units(this.missing(names)).map((unit) => this.#lookFor(unit)));
  }

  /** Gets what is missing from its publisher, or builds it. To be called by who holds the cache's lock. */
  async make(names: readonly ToolName[], signal: AbortSignal): Promise<void> {
    const { policy, cache } = this.#machine;
    await removeUnused(cache);
    // Whoever held the lock before may have made just these.
    for (const unit of units(this.missing(names))) await this.#fromCache(unit);
    if (policy === "any" || policy === "official") {
      await this.#fromPublisher(await this.#withCli(this.missing(names)), signal);
    }
    if (policy === "any" || policy === "build") await this.#build(this.missing(names), signal);
    if (this.missing(names).length > 0) throw this.failure(names);
  }

  /** The error for what is still missing. */
  failure(names: readonly ToolName[], advice?: string): ToolsMissingError {
    const { policy } = this.#machine;
    const hint =
      policy === "any"
        ? enough(this.missing(names))
        : `IOT_VERIFICATION_TOOLS=${policy} allows only that way; without it the others are tried too.`;
    return new ToolsMissingError({
      missing: this.missing(names).map((name) => ({
        name,
        accepted: tools[name].accepted,
        attempts: this.#attempts.get(name) ?? [],
        install: tools[name].install,
      })),
      advice: advice ?? hint,
    });
  }

  async #lookFor(unit: readonly ToolName[]): Promise<void> {
    const { policy, cache } = this.#machine;
    if (policy !== "path") {
      if (await this.#fromCache(unit)) return;
      this.#failed(unit, "cache", `not in ${cache}`);
    }
    if (policy === "any" || policy === "path") await this.#fromPath(unit);
  }

  async #fromCache(unit: readonly ToolName[]): Promise<boolean> {
    const { policy, cache, env, platform } = this.#machine;
    for (const origin of ["official", "built"] as const) {
      if (policy === (origin === "official" ? "build" : "official")) continue;
      const entries = unit.map(async (name) => {
        const tool = tools[name];
        const source = tool.official(platform);
        const folder =
          origin === "official"
            ? source && officialFolder(cache, tool, source.version)
            : tool.build && (await builtFolder({ ...this.#machine, module: tool.build.module }));
        return folder ? cachedTool({ folder, tool, origin, env }) : undefined;
      });
      if (this.#take(await Promise.all(entries))) return true;
    }
    return false;
  }

  async #fromPath(unit: readonly ToolName[]): Promise<void> {
    const searched = await Promise.all(unit.map((name) => this.#onPath(name)));
    const fitting = searched.filter((tool) => tool !== undefined);
    const minors = new Set(fitting.map(({ version }) => `${semver.major(version)}.${semver.minor(version)}`));
    if (minors.size > 1) {
      const seen = fitting.map(({ path, version }) => `${path} ${version}`).join(", ");
      return this.#failed(unit, "PATH", `${seen}: they must be of one minor version`);
    }
    if (this.#take(searched)) return;
    const rest = fitting.map(({ name }) => name);
    this.#failed(rest, "PATH", `fits, but not every one of ${unit.join(", ")} is there`);
  }

  /** The first on PATH that fits. */
  async #onPath(name: ToolName): Promise<Tool | undefined> {
    const { env } = this.#machine;
    const tool = tools[name];
    const seen: string[] = [];
    for (const path of await executables(name, env)) {
      const answer = await askVersion({ path, query: tool.query, env });
      if ("version" in answer && fits(answer.version, tool.accepted)) {
        return { name, path, version: answer.version, origin: "path" };
      }
      seen.push(`${path} ${"version" in answer ? `is ${answer.version}` : answer.problem}`);
    }
    this.#failed([name], "PATH", seen.length > 0 ? seen.join("; ") : "none there");
    return undefined;
  }

  /** A plugin is downloaded by the CLI, which may not have been asked for. */
  async #withCli(names: ToolName[]): Promise<ToolName[]> {
    const plugin = names.some((name) => tools[name].query.kind === "plugin");
    if (!plugin || names.includes("pulumi")) return names;
    await this.look(["pulumi"]);
    return [...this.missing(["pulumi"]), ...names];
  }

  async #fromPublisher(names: readonly ToolName[], signal: AbortSignal): Promise<void> {
    const { platform, cache } = this.#machine;
    const sources = new Map(names.map((name) => [name, tools[name].official(platform)]));
    const answers = await this.#machine.probe([...sources.values()].flatMap((source) => source?.probe ?? []));
    for (const reason of new Set(answers.values())) if (reason) this.#report.detail(reason);

    for (const unit of units(names)) {
      const got: Tool[] = [];
      for (const name of unit) {
        const source = sources.get(name);
        const closed = source
          ? source.probe && answers.get(source.probe)
          : `none is published for ${platform.os}`;
        if (!source || closed) {
          this.#failed([name], "official", closed ?? "");
          continue;
        }
        this.#report.step(`Fetching ${name} ${source.version} from its publisher`);
        try {
          const tool = await this.#machine.fetchOfficial({
            tool: tools[name],
            source,
            folder: officialFolder(cache, tools[name], source.version),
            workDir: join(cache, "making"),
            pulumiHome: pulumiHome(cache),
            cli: this.found("pulumi"),
            env: this.#machine.env,
            report: this.#report,
            signal,
          });
          got.push(tool);
        } catch (error) {
          signal.throwIfAborted();
          this.#report.detail(`${name}: ${(error as Error).message}`);
          this.#failed([name], "official", (error as Error).message);
        }
      }
      if (got.length === unit.length) this.#take(got);
    }
  }

  async #build(wanted: readonly ToolName[], signal: AbortSignal): Promise<void> {
    this.#failed(
      wanted.filter((name) => !tools[name].build),
      "build",
      "it cannot be built from Go modules",
    );
    const names = wanted.filter((name) => tools[name].build);
    if (names.length === 0) return;
    const { cache, modulesDir, goFolder, env, platform } = this.#machine;
    const orders: ModuleOrder[] = [];
    for (const module of Object.keys(modules) as ModuleName[]) {
      const ordered = names.filter((name) => tools[name].build?.module === module);
      if (ordered.length === 0) continue;
      orders.push({ module, names: ordered, folder: await builtFolder({ ...this.#machine, module }) });
    }
    try {
      const workDir = join(cache, "making");
      this.#take(
        await this.#machine.buildTools({
          orders,
          modulesDir,
          goFolder,
          workDir,
          env,
          platform,
          report: this.#report,
          signal,
        }),
      );
    } catch (error) {
      if (!(error instanceof BuildError)) throw error;
      // Those of earlier modules are made and stay.
      for (const unit of units(names)) await this.#fromCache(unit);
      this.#failed(this.missing(names), "build", error.message);
      throw this.failure(names, error.advice);
    }
  }

  #take(unit: readonly (Tool | undefined)[]): boolean {
    const all = unit.filter((tool) => tool !== undefined);
    if (all.length < unit.length) return false;
    for (const tool of all) this.#found.set(tool.name, tool);
    return true;
  }

  #failed(names: readonly ToolName[], way: Way, reason: string): void {
    for (const name of names) {
      this.#attempts.set(name, [...(this.#attempts.get(name) ?? []), { way, reason }]);
    }
  }
}

/** PULUMI_HOME of everything local: CLI versions and plugins that were downloaded for it. */
export function pulumiHome(cache: string): string {
  return join(cache, "pulumi");
}

/** What a machine must have for these tools, at least. */
function enough(names: readonly ToolName[]): string {
  const unbuilt = names.filter((name) => !tools[name].build);
  return unbuilt.length > 0
    ? `Python 3 with pip and a package index are enough for ${unbuilt.join(", ")}.`
    : "Go (https://go.dev/dl/) and a Go module proxy are enough to build all of them.";
}

/** Groups names that must come from one origin. */
function units(names: readonly ToolName[]): ToolName[][] {
  const groups = new Map<string, ToolName[]>();
  for (const name of names) groups.set(tools[name].unit, [...(groups.get(tools[name].unit) ?? []), name]);
  return [...groups.values()];
}
