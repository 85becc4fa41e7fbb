import { existsSync, readFileSync } from "node:fs";
import { createRequire, findPackageJSON } from "node:module";
import { dirname, join } from "node:path";

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly pulumi?: {
    readonly resource?: boolean;
    readonly name?: string;
    readonly version?: string;
    readonly server?: string;
  };
}

/** A provider that a program needs. `server` is where to download it from, empty for Pulumi's own place. */
export interface RequiredPlugin {
  readonly name: string;
  readonly version: string;
  readonly server: string;
}

/** The version of @pulumi/pulumi that this file belongs to. */
export const sdkVersion = installedVersion(import.meta.dirname, "@pulumi/pulumi");

/** The version of an npm package as seen from `directory`. Throws when it is not installed. */
export function installedVersion(directory: string, name: string): string {
  const version = installedManifest(directory, name)?.version;
  if (!version) throw new Error(`${name} is not installed for ${directory}: run npm ci`);
  return version;
}

/** The file that `require` of `module` would load in `directory`. Throws when it is not installed. */
export function resolveFrom(directory: string, module: string): string {
  try {
    return createRequire(join(directory, "package.json")).resolve(module);
  } catch {
    throw new Error(`${module} is not installed for ${directory}: run npm ci`);
  }
}

/** The installed direct dependencies of the program in `directory`, sorted by name. */
export function programDependencies(directory: string): { name: string; version: string }[] {
  const manifest = programManifest(directory);
  return Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })
    .sort()
    .flatMap((name) => {
      const version = installedManifest(directory, name)?.version;
      return version ? [{ name, version }] : [];
    });
}

/** The providers behind the direct dependencies of the program in `directory`: packages that say so themselves. */
export function requiredPlugins(directory: string): RequiredPlugin[] {
  return Object.keys(programManifest(directory).dependencies ?? {}).flatMap((dependency) => {
    const manifest = installedManifest(directory, dependency);
    if (!manifest?.pulumi?.resource) return [];
    return {
      name: manifest.pulumi.name ?? dependency.replace(/^@pulumi\//, ""),
      version: manifest.pulumi.version ?? manifest.version ?? "",
      server: manifest.pulumi.server ?? "",
    };
  });
}

function programManifest(directory: string): Manifest {
  for (let folder = directory; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    if (existsSync(file)) return readManifest(file);
    if (folder === dirname(folder)) return {};
  }
}

function installedManifest(directory: string, name: string): Manifest | undefined {
  try {
    const file = findPackageJSON(name, join(directory, "package.json"));
    return file ? readManifest(file) : undefined;
  } catch {
    return undefined;
  }
}

function readManifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}
