import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import type { RecordedResource } from "./record.ts";

/** A file of the rendering: its path below the output directory, and its content. */
export interface RenderedFile {
  readonly path: string;
  readonly content: string;
}

/** Directory of objects that belong to no namespace. A namespace cannot be called so. */
const clusterScope = "_cluster";

const charts = new Set(["kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart"]);

/**
 * The files that stand for these resources: one for each Kubernetes object and each Helm chart.
 *
 * @throws Error when two resources are the same object.
 */
export function renderedFiles(resources: readonly RecordedResource[]): RenderedFile[] {
  const files = new Map<string, RenderedFile>();
  for (const resource of resources) {
    const file = charts.has(resource.type) ? chartFile(resource) : objectFile(resource);
    if (!file) continue;
    if (files.has(file.path))
      throw new Error(`two resources are the same object: ${file.path}, the second is ${resource.name}`);
    files.set(file.path, file);
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Replaces what an earlier rendering left below `directory`. Refuses to remove anything that is not one. */
export function writeFiles(directory: string, files: readonly RenderedFile[]): void {
  const earlier = ["objects", "helm"].map((part) => join(directory, part)).filter((part) => existsSync(part));
  for (const part of earlier) refuseForeignFiles(part);
  for (const part of earlier) rmSync(part, { recursive: true });
  for (const { path, content } of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
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

function refuseForeignFiles(directory: string): void {
  const foreign = readdirSync(directory, { recursive: true, encoding: "utf8" }).find(
    (entry) => !entry.endsWith(".yaml") && !statSync(join(directory, entry)).isDirectory(),
  );
  if (foreign)
    throw new Error(
      `${join(directory, foreign)} is no part of a rendering; choose an empty directory with --out`,
    );
}
