/** Makes the images that a local cluster runs, with neither a registry nor a container engine. */
import { existsSync } from "node:fs";
import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { takeLock } from "../lock.ts";
import { cacheDir, root } from "../paths.ts";
import type { Report } from "../report.ts";
import { debianTree, thisDebianMachine } from "../toolchain/debian/index.ts";
import { ensureTools } from "../toolchain/index.ts";
import { type Archive, writeArchive } from "./archive.ts";
import {
  type ImageName,
  imageNames,
  isStandIn,
  type Recipe,
  recipe,
  type Sources,
  toolsOf,
} from "./recipes.ts";
import { LayerStore } from "./store.ts";
import { z3Program } from "./z3.ts";

export { type ImageName, imageNames } from "./recipes.ts";

export interface BuiltImage {
  readonly image: ImageName;
  /** Complete reference, under which a container runtime knows it after `ctr images import`. */
  readonly reference: string;
  /** Path of an OCI archive. */
  readonly archive: string;
  /** `sha256:HEX` of the manifest. */
  readonly digest: string;
  /** Bytes of the archive. */
  readonly size: number;
  /** What it was made of: a stand-in, or a bundle of this checkout's services. */
  readonly origin: "bundle" | "stand-in";
  /** The archive was there from before. */
  readonly cached: boolean;
}

/** How many archives of one image are kept: checkouts share the cache. */
const keptArchives = 3;

/**
 * Makes images, each under the reference that it is wanted by. What has not changed since it was last made is taken from
 * the tool cache.
 *
 * @param args.references the images that are wanted, and their complete references
 * @throws Error that says what is missing on this machine, or is wrong with a source
 */
export async function buildImages(args: {
  readonly references: Readonly<Partial<Record<ImageName, string>>>;
  readonly report: Report;
  readonly signal: AbortSignal;
}): Promise<BuiltImage[]> {
  const { report, signal } = args;
  const wanted = imageNames.filter((image) => args.references[image]);
  // All at once, and before others have to wait for this: it may take long.
  await ensureTools(toolsOf(wanted), report);
  const folder = join(cacheDir(), "images");
  const file = join(folder, "lock");
  const release = await takeLock(file, {
    signal,
    onWait: ({ pid, host }) =>
      report.step(`Waiting for process ${pid} on ${host}, which is making images (its lock is ${file})`),
  });
  try {
    const store = new LayerStore(folder);
    await store.removeUnused();
    const sources = machineSources(args);
    const built: BuiltImage[] = [];
    for (const image of wanted) {
      const reference = args.references[image];
      if (!reference) continue;
      report.detail(`image ${image}`);
      const archive = await archiveOf({
        image,
        reference,
        recipe: await recipe(image, sources),
        store,
        folder: join(folder, "archives"),
        signal,
      });
      const { digest, size, cached } = archive;
      const origin = isStandIn(image) ? "stand-in" : "bundle";
      built.push({ image, reference, archive: archive.file, digest, size, origin, cached });
    }
    return built;
  } finally {
    await release();
  }
}

/** Writes the archive of one image, and removes those of it that are out of use. */
async function archiveOf(args: {
  readonly image: ImageName;
  readonly reference: string;
  readonly recipe: Recipe;
  readonly store: LayerStore;
  readonly folder: string;
  readonly signal: AbortSignal;
}): Promise<Archive> {
  const { image: name, store, signal } = args;
  const layers = [];
  for (const tree of args.recipe.layers) layers.push(await store.layer(tree, signal));
  const image = { architecture: thisDebianMachine().arch, layers, config: args.recipe.config };
  const archive = await writeArchive({ ...args, name, image });
  await utimes(archive.file, new Date(), new Date()).catch(() => {});
  await removeOld(args.folder, name);
  return archive;
}

async function removeOld(folder: string, name: ImageName): Promise<void> {
  const names = (await readdir(folder)).filter(
    (file) => /-[0-9a-f]{12}\.tar/.test(file) && file.startsWith(`${name}-`),
  );
  const files = await Promise.all(
    names.map(async (file) => ({ file, time: (await stat(join(folder, file))).mtimeMs })),
  );
  const old = files.sort((a, b) => b.time - a.time).slice(keptArchives);
  for (const { file } of old) await rm(join(folder, file), { force: true });
}

function machineSources({ report, signal }: { report: Report; signal: AbortSignal }): Sources {
  const node = join(root, "node_modules", "node", "bin", "node");
  if (!existsSync(node)) {
    throw new Error(`${node} is missing: install the dependencies with their scripts (npm ci)`);
  }
  const { arch, cache, env } = thisDebianMachine();
  return {
    node,
    tool: async (name) => (await ensureTools([name], report))[name].path,
    debian: async (order) => (await debianTree({ ...order, report, signal })).root,
    engine: () =>
      z3Program({
        requirement: join(root, "images", "z3.txt"),
        architecture: arch,
        cache,
        env,
        report,
        signal,
      }),
  };
}
