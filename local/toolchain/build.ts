import { cp, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Report } from "../report.ts";
import { adaptModule } from "./adapt.ts";
import { stampTool, type Tool } from "./cache.ts";
import { BuildError, explainGoFailure } from "./errors.ts";
import { findGo, type Go, wantedGo } from "./go.ts";
import { type ModuleName, modules } from "./modules.ts";
import { run } from "./process.ts";
import { duration, progress, progressLine } from "./progress.ts";
import { downloadSize, requireSpace, spaceNeeded } from "./space.ts";
import type { Platform, ToolBuild, ToolName, ToolSpec } from "./tool-spec.ts";
import { tools } from "./tools.ts";
import { askVersion } from "./version.ts";

/** The tools to make from one module, and the cache folder that they go to. */
export interface ModuleOrder {
  readonly module: ModuleName;
  readonly names: readonly ToolName[];
  readonly folder: string;
}

export interface BuildArgs {
  readonly orders: readonly ModuleOrder[];
  readonly modulesDir: string;
  /** Where Go is looked for besides PATH. */
  readonly goFolder: string;
  /** A folder of our own, on the same disk as the cache; may hold anything before and is gone afterwards. */
  readonly workDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly platform: Platform;
  readonly report: Report;
  readonly signal: AbortSignal;
}

interface Plan extends ModuleOrder {
  readonly dir: string;
  readonly argv: readonly string[];
  /** Packages that Go's build cache does not have. */
  readonly packages: number;
}

/**
 * Builds tools from pinned Go modules. Nothing is written to the checkout; a program gets its final name after
 * it was run with success; what was compiled before an interruption is in Go's build cache and is not compiled
 * again. The caller holds the lock.
 *
 * @throws BuildError when Go, disk or network is missing, or the compiler fails.
 */
export async function buildTools(args: BuildArgs): Promise<Tool[]> {
  const remove = () => rm(args.workDir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  await remove();
  await mkdir(args.workDir, { recursive: true });
  // A name of its own: the compiler of a killed run may live a little longer and still write to that run's.
  const folder = await mkdtemp(join(args.workDir, "build-"));
  try {
    const wanted = await newestGo(args.orders.map(({ module }) => join(args.modulesDir, module)));
    const go = await findGo({ wanted, env: args.env, cwd: args.workDir, folder: args.goFolder });
    const downloads = await downloadSize(
      go.moduleCache,
      args.orders.map(({ module }) => module),
    );
    await requireSpace({ [go.moduleCache]: downloads, [args.workDir]: spaceNeeded.programs });
    args.report.detail("counting what there is to compile");
    const plans: Plan[] = [];
    for (const order of args.orders)
      plans.push(await planModule(args, go, { ...order, dir: join(folder, order.module) }));
    const packages = plans.reduce((sum, plan) => sum + plan.packages, 0);
    await requireSpace({
      [go.buildCache]: packages * spaceNeeded.perPackage,
      [args.workDir]: spaceNeeded.programs,
    });

    announce(args, plans, packages);
    const made: Tool[] = [];
    for (const [index, plan] of plans.entries()) {
      made.push(...(await buildModule(args, go, { plan, position: `${index + 1} of ${plans.length}` })));
    }
    return made;
  } finally {
    await remove();
  }
}

function announce(args: BuildArgs, plans: readonly Plan[], packages: number): void {
  const count = plans.reduce((sum, { names }) => sum + names.length, 0);
  const minutes = plans.reduce((sum, { module }) => sum + modules[module].minutes, 0);
  const work =
    packages === 0
      ? "all was compiled before, only linking"
      : `${packages} packages to compile, at most about ${Math.ceil(minutes)} minutes on two cores`;
  args.report.step(
    `Building ${count} ${count === 1 ? "tool" : "tools"} from pinned Go modules, once: ${work}`,
  );
}

/** Copies the module, makes the files that it embeds, and counts what there is to compile. */
async function planModule(
  args: BuildArgs,
  go: Go,
  order: ModuleOrder & { readonly dir: string },
): Promise<Plan> {
  const { dir } = order;
  await cp(join(args.modulesDir, order.module), dir, { recursive: true });
  await mkdir(join(dir, "tmp"));
  await mkdir(join(dir, "bin"));
  await adaptModule({
    module: order.module,
    dir,
    go: go.path,
    env: goEnvironment(args, order),
    signal: args.signal,
  });

  const [first, ...others] = order.names.map((name) => tools[name]) as [ToolSpec, ...ToolSpec[]];
  const output = others.length > 0 ? `${join(dir, "bin")}/` : join(dir, "bin", first.name);
  const { ldflags, tags = [] } = modules[order.module];
  const flags = [
    "-ldflags",
    `-s -w ${ldflags}`.trim(),
    ...(tags.length > 0 ? ["-tags", tags.join(",")] : []),
  ];
  const packages = [first, ...others].map((tool) => buildOf(tool).package);
  const argv = ["-trimpath", "-buildvcs=false", ...flags, "-o", output, ...packages];

  let compiles = 0;
  let downloads = 0;
  const show = progress(args.report);
  const { ok, lines, problem } = await run(go.path, ["build", "-n", ...argv], {
    cwd: dir,
    env: goEnvironment(args, order),
    signal: args.signal,
    onLine(line) {
      if (/\/compile -o /.test(line)) compiles++;
      if (line.startsWith("go: downloading ")) show(`${order.module}: ${++downloads} modules downloaded`);
    },
  });
  args.signal.throwIfAborted();
  if (!ok) throw explainGoFailure({ what: `planning ${order.module}`, problem, lines, place: go.buildCache });
  return { ...order, argv, packages: compiles };
}

async function buildModule(
  args: BuildArgs,
  go: Go,
  { plan, position }: { plan: Plan; position: string },
): Promise<Tool[]> {
  const names = plan.names.join(", ");
  const { minutes } = modules[plan.module];
  const estimate =
    plan.packages === 0
      ? "only linking"
      : `${plan.packages} packages, at most ${minutes} minutes on two cores`;
  args.report.step(`Building ${names} (${position}; ${estimate})`);
  const began = Date.now();
  let compiled = 0;
  const show = progress(args.report);
  const tell = () => {
    const seconds = (Date.now() - began) / 1000;
    show(`${plan.module}: ${progressLine({ compiled, packages: plan.packages, seconds })}`);
  };
  const ticker = setInterval(tell, 1000);
  try {
    const { ok, lines, problem } = await run(go.path, ["build", "-v", ...plan.argv], {
      cwd: plan.dir,
      env: goEnvironment(args, plan),
      signal: args.signal,
      onLine(line) {
        if (/^[\w./~-]+$/.test(line) && compiled < plan.packages) compiled++;
      },
    });
    args.signal.throwIfAborted();
    if (!ok) throw explainGoFailure({ what: `building ${names}`, problem, lines, place: go.buildCache });
  } finally {
    clearInterval(ticker);
  }
  const made = await Promise.all(plan.names.map((name) => install(args, go, { plan, tool: tools[name] })));
  args.report.step(`Built ${names} in ${duration((Date.now() - began) / 1000)}`);
  return made;
}

/** Runs what was made, then gives it its final name. */
async function install(
  args: BuildArgs,
  go: Go,
  { plan, tool }: { plan: Plan; tool: ToolSpec },
): Promise<Tool> {
  const draft = join(plan.dir, "bin", tool.name);
  const answer = await askVersion({ path: draft, query: tool.query, env: args.env });
  const said = "version" in answer ? `says it is ${answer.version}` : answer.problem;
  if (!("version" in answer) || answer.version !== buildOf(tool).version) {
    throw new BuildError({
      reason: `${tool.name} was built, but ${said}; ${buildOf(tool).version} was expected`,
      advice: "Remove Go's build cache (go clean -cache) and run the command again.",
    });
  }
  await mkdir(plan.folder, { recursive: true });
  const path = join(plan.folder, tool.name);
  await rename(draft, path);
  await stampTool({ folder: plan.folder, tool, path, version: answer.version, go: go.version });
  return { name: tool.name, path, version: answer.version, origin: "built" };
}

/** The person's own Go settings, except those that would change what is built or where temporary files lie. */
function goEnvironment(
  { env, platform }: BuildArgs,
  { module, dir }: { module: ModuleName; dir: string },
): NodeJS.ProcessEnv {
  return {
    ...env,
    ...(modules[module].isStatic ? { CGO_ENABLED: "0" } : {}),
    GOOS: platform.os,
    GOARCH: platform.arch,
    GOFLAGS: "-mod=readonly",
    GOWORK: "off",
    GO111MODULE: "on",
    GOTMPDIR: join(dir, "tmp"),
  };
}

/** @throws Error for a tool that no module brings: the search orders none of these. */
function buildOf({ name, build }: ToolSpec): ToolBuild {
  if (!build) throw new Error(`${name} cannot be built from Go modules`);
  return build;
}

async function newestGo(moduleDirs: readonly string[]): Promise<string> {
  const wanted = await Promise.all(moduleDirs.map(wantedGo));
  return wanted.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).at(-1) ?? "";
}
