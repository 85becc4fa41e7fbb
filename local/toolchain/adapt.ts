import { chmod, cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BuildError, explainGoFailure } from "./errors.ts";
import { type ModuleName, type ModuleSpec, modules } from "./modules.ts";
import { run } from "./process.ts";

interface AdaptArgs {
  readonly module: ModuleName;
  /** The copy of the module's folder that is built in. */
  readonly dir: string;
  /** The go program. */
  readonly go: string;
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
}

/**
 * Makes the files that a program embeds, and replaces the line that a later version of its module has mended. Modules
 * come from Go's cache, where they were verified; what is changed is a copy beside the program.
 *
 * @throws BuildError when a module cannot be fetched, or does not have the line that is to be replaced.
 */
export async function adaptModule(args: AdaptArgs): Promise<void> {
  const { embed, mend } = modules[args.module];
  if (embed) await embedFiles(args, embed);
  if (mend) await mendLine(args, mend);
}

async function embedFiles(args: AdaptArgs, embed: NonNullable<ModuleSpec["embed"]>): Promise<void> {
  const source = await folderOf(args, embed.module);
  for (const file of embed.files) {
    const content = JSON.parse(await readFile(join(source, file.from), "utf8")) as object;
    const versioned = file.version ? { ...content, version: file.version } : content;
    await writeFile(join(args.dir, file.to), JSON.stringify(versioned));
  }
}

async function mendLine(args: AdaptArgs, mend: NonNullable<ModuleSpec["mend"]>): Promise<void> {
  const copy = join(args.dir, "mended");
  await cp(await folderOf(args, mend.module), copy, { recursive: true });
  const file = join(copy, mend.file);
  const parts = (await readFile(file, "utf8")).split(mend.line);
  if (parts.length !== 2) {
    throw new BuildError({
      reason: `${mend.module}: ${mend.file} has the line to mend ${parts.length - 1} times, not once`,
      advice: "The pin and the mend in local/toolchain/modules.ts do not fit each other.",
    });
  }
  await chmod(file, 0o644);
  await writeFile(file, parts.join(mend.by.join("\n")));
  await runGo(args, ["mod", "edit", `-replace=${mend.module}=./mended`], `mending ${mend.module}`);
}

/** Where a module lies in Go's cache, fetched and verified. */
async function folderOf(args: AdaptArgs, module: string): Promise<string> {
  const lines = await runGo(args, ["mod", "download", "-json", module], `fetching ${module}`);
  const json = lines.join("\n");
  return (JSON.parse(json.slice(json.indexOf("{"))) as { Dir: string }).Dir;
}

async function runGo(args: AdaptArgs, argv: readonly string[], what: string): Promise<readonly string[]> {
  const { ok, lines, problem } = await run(args.go, argv, {
    cwd: args.dir,
    env: args.env,
    signal: args.signal,
  });
  args.signal.throwIfAborted();
  if (!ok)
    throw explainGoFailure({ what, problem, lines, place: args.env.GOMODCACHE ?? "Go's module cache" });
  return lines;
}
