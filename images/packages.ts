import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The part of a package's own description that says what it is. */
interface PackageFile {
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
}

/**
 * What an image says of the packages that are bundled in it: for each its name, version and licence, and the text of the
 * licence. A bundle does not show them to the tools that list what is in an image and look for known vulnerabilities.
 *
 * @param modules paths of the modules of a bundle
 * @returns contents by path, such as `packages/pg/package.json`
 */
export function packageNotices(modules: readonly string[]): Map<string, Buffer> {
  const notices = new Map<string, Buffer>();
  for (const folder of new Set(modules.flatMap(packageFolder))) {
    const { name, version, license }: PackageFile = JSON.parse(
      readFileSync(join(folder, "package.json"), "utf8"),
    );
    if (!name || !version) throw new Error(`${folder}/package.json says no name or no version`);
    const place = `packages/${name}@${version}`;
    notices.set(`${place}/package.json`, Buffer.from(`${JSON.stringify({ name, version, license })}\n`));
    for (const file of readdirSync(folder).filter((file) => /^(licen[cs]e|notice|copying)/i.test(file))) {
      notices.set(`${place}/${file}`, readFileSync(join(folder, file)));
    }
  }
  return notices;
}

/** The installed package that a module belongs to: the innermost, if it is of one. */
function packageFolder(module: string): string[] {
  const found = /^.*\/node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(module)?.[0];
  return found ? [found] : [];
}
