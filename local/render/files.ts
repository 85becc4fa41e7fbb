import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { stringify } from "yaml";
import { readIfThere } from "../files.ts";
import type { RecordedResource } from "./record.ts";

/** A file of the rendering: its path below the output directory, and its content. */
export interface RenderedFile {
  readonly path: string;
  readonly content: string;
}

/** Directory of objects that belong to no namespace. A namespace cannot be called so. */
const clusterScope = "_cluster";

const charts = new Set(["kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart"]);
const manifest = "kubernetes:yaml/v2:ConfigFile";

/**
 * The files that stand for these resources: one for each Kubernetes object, each Helm chart and each manifest from elsewhere.
 *
 * @throws Error when two resources are the same object.
 */
export function renderedFiles(resources: readonly RecordedResource[]): RenderedFile[] {
  const files = new Map<string, RenderedFile>();
  for (const resource of resources) {
    const file = fileOf(resource);
    if (!file) continue;
    if (files.has(file.path))
      throw new Error(`two resources are the same object: ${file.path}, the second is ${resource.name}`);
    files.set(file.path, file);
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Lists the files of a rendering, one path a line: nothing else below `parts` is ever replaced or removed. */
const marker = ".rendered";
const parts = ["objects", "helm", "manifests"];

/**
 * Replaces what an earlier rendering left in `directory`.
 *
 * @throws Error when there is any other file in the folders of a rendering; then nothing is changed
 */
export function writeFiles(directory: string, files: readonly RenderedFile[]): void {
  const list = join(directory, marker);
  const earlier = (readIfThere(list) ?? "").split("\n").filter(Boolean);
  const foreign = parts
    .flatMap((part) => filesBelow(directory, part))
    .find((path) => !earlier.includes(path));
  if (foreign)
    throw new Error(
      `${join(directory, foreign)} is not from an earlier rendering (${list} does not list it) and would be lost; move it away, or choose an empty directory with --out`,
    );
  const paths = files.map(({ path }) => path);
  makeDirectory(directory);
  // Both lists until all is done: an interrupted rendering is one, too.
  writeFileSync(list, lines([...earlier, ...paths]));
  for (const part of parts) rmSync(join(directory, part), { recursive: true, force: true });
  for (const { path, content } of files) {
    makeDirectory(dirname(join(directory, path)));
    writeFileSync(join(directory, path), content);
  }
  writeFileSync(list, lines(paths));
}

const lines = (paths: readonly string[]) => [...new Set(paths)].map((path) => `${path}\n`).join("");

/** Paths below `directory` of all that is in one of its folders and is no folder itself. */
function filesBelow(directory: string, part: string): string[] {
  const top = join(directory, part);
  if (!existsSync(top)) return [];
  return readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)));
}

/** Like `mkdir -p`; Node's own never comes back from folders that refuse new ones, such as /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) return;
  makeDirectory(dirname(path));
  mkdirSync(path);
}

function fileOf(resource: RecordedResource): RenderedFile | undefined {
  if (charts.has(resource.type)) return chartFile(resource);
  if (resource.type === manifest)
    return {
      path: join("manifests", `${resource.name}.yaml`),
      content: yaml({ file: resource.inputs.file }),
    };
  return objectFile(resource);
}

function objectFile({ type, name, inputs }: RecordedResource): RenderedFile | undefined {
  if (!type.startsWith("kubernetes:")) return undefined;
  const { apiVersion, kind, metadata, ...rest } = inputs as {
    apiVersion: string;
    kind: string;
    metadata?: { name?: string; namespace?: string };
  };
  if (!metadata?.name)
    throw new Error(`${name} (${type}) has no metadata.name: a rendering needs fixed names`);
  const path = join("objects", metadata.namespace ?? clusterScope, `${kind}.${metadata.name}.yaml`);
  return { path, content: yaml({ apiVersion, kind, metadata, ...rest }) };
}

function chartFile({ name, inputs }: RecordedResource): RenderedFile {
  const { chart, version, namespace, repositoryOpts, values } = inputs;
  return {
    path: join("helm", `${name}.yaml`),
    content: yaml({ chart, version, namespace, repositoryOpts, values }),
  };
}

function yaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}
