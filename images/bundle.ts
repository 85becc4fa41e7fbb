/**
 * Bundles the services for their images: each program becomes one module that needs Node.js and nothing else.
 * `node images/bundle.ts DIRECTORY` writes those of all images to DIRECTORY/IMAGE.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { type Plugin, rolldown } from "rolldown";
import { packageNotices } from "./packages.ts";
import { type OwnImageName, ownImages } from "./programs.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * Bundles one program. The same sources and packages give the same bytes in every checkout.
 *
 * @param args.program name of the file that is started
 * @param args.source module that it starts with, from the root of the checkout
 * @returns contents by path: PROGRAM.mjs, modules that it loads later on, their source maps, and the notices of packages
 * @throws Error that says what is wrong with which source
 */
export async function bundle(args: {
  readonly program: string;
  readonly source: string;
}): Promise<Map<string, Buffer>> {
  const { program, source } = args;
  const missing: string[] = [];
  const bundled = await rolldown({
    cwd: root,
    input: { [program]: join(root, source) },
    platform: "node",
    plugins: [leftOut],
    // What cannot be found stays an import, which would only fail in the image.
    onLog: (_level, { code, message }) => {
      if (code === "UNRESOLVED_IMPORT") missing.push(message);
    },
  });
  try {
    const { output } = await bundled.generate({
      format: "esm",
      // Names and lines of errors stay readable without the source maps, which cost a process 20 MB when they are in use.
      minify: false,
      entryFileNames: "[name].mjs",
      chunkFileNames: "[name]-[hash].mjs",
      sourcemap: true,
      sourcemapExcludeSources: true,
      sourcemapPathTransform: (path) => relative(root, join(root, "dist", path)),
    });
    if (missing.length > 0) throw new Error(missing.join("\n"));
    const modules = output.flatMap((file) => (file.type === "chunk" ? file.moduleIds : []));
    return new Map([
      ...output.map(
        (file) => [file.fileName, Buffer.from(file.type === "chunk" ? file.code : file.source)] as const,
      ),
      ...packageNotices(modules),
    ]);
  } catch (error) {
    const reason = stripVTControlCharacters((error as Error).message);
    throw new Error(`${source} cannot be bundled: ${reason}`);
  } finally {
    await bundled.close();
  }
}

/** Bundles all programs of an image: contents of its program folder by path. */
export async function bundleImage(image: OwnImageName): Promise<Map<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const [program, source] of Object.entries(ownImages[image].programs)) {
    for (const [name, bytes] of await bundle({ program, source })) files.set(name, bytes);
  }
  return files;
}

/** What packages load only if it is installed, and it is not: to them it is missing, as it would be unbundled. */
const absent = ["pg-native"];

const leftOut: Plugin = {
  name: "left-out",
  resolveId: (id) => (absent.includes(id) ? `\0${id}` : null),
  load: (id) =>
    absent.some((name) => id === `\0${name}`)
      ? `throw new Error("${id.slice(1)} is not in this image");`
      : null,
};

if (import.meta.main) {
  const [directory] = process.argv.slice(2);
  if (!directory) throw new Error("Usage: node images/bundle.ts DIRECTORY");
  for (const image of Object.keys(ownImages) as OwnImageName[]) {
    for (const [path, content] of await bundleImage(image)) {
      const file = join(directory, image, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
      if (path.endsWith(".mjs")) process.stdout.write(`${file} ${(content.length / 1e6).toFixed(1)} MB\n`);
    }
  }
}
