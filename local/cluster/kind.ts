/**
 * The form `kind` of the local cluster: a cluster of the program kind (https://kind.sigs.k8s.io) on a Docker engine. It
 * could not be tried where this project is developed, as no Docker engine runs there; kept to what kind documents.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { readIfThere, writeWhole } from "../files.ts";
import type { Report } from "../report.ts";
import type { ClusterFiles } from "./files.ts";
import type { NodeImage } from "./node/settings.ts";

/** What this machine lacks for a kind cluster. */
export async function kindObstacle(): Promise<string | undefined> {
  if (!(await answers("docker", ["version", "--format", "{{.Server.Version}}"])))
    return "no Docker engine answers";
  if (!(await answers("kind", ["version"]))) return "there is no kind on PATH";
  return undefined;
}

async function answers(program: string, argv: readonly string[]): Promise<boolean> {
  try {
    await promisify(execFile)(program, [...argv], { timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}

export interface KindArgs {
  readonly files: ClusterFiles;
  readonly images: readonly NodeImage[];
  readonly report: Report;
  readonly signal: AbortSignal;
}

const marker = (files: ClusterFiles) => join(files.dir, "kind.json");

/** @throws Error with what kind says last */
async function kind(argv: readonly string[], signal?: AbortSignal): Promise<string> {
  try {
    const options = { maxBuffer: 16 << 20, ...(signal && { signal }) };
    return (await promisify(execFile)("kind", [...argv], options)).stdout;
  } catch (error) {
    signal?.throwIfAborted();
    const { stderr, message } = error as Error & { stderr?: string };
    const reason = stderr?.trim().split("\n").at(-1) || message;
    throw new Error(`kind ${argv.slice(0, 2).join(" ")} failed: ${reason}`, { cause: error });
  }
}

/** Name of the context that kind writes. */
export const kindContext = (files: ClusterFiles) => `kind-${files.name}`;

/** Whether the cluster is one of kind. */
export const isKind = (files: ClusterFiles) => existsSync(marker(files));

/** Makes sure that the cluster is there with its images. Returns whether it was made by this call. */
export async function startKind({ files, images, report, signal }: KindArgs): Promise<boolean> {
  const existing = (await kind(["get", "clusters"], signal)).split("\n");
  const fresh = !isKind(files) || !existing.includes(files.name);
  if (fresh) {
    report.step(`Creating the kind cluster ${files.name}.`);
    writeWhole(marker(files), "{}");
    await kind(["delete", "cluster", "--name", files.name], signal);
    const flags = ["--name", files.name, "--kubeconfig", files.kubeconfig, "--wait", "5m"];
    await kind(["create", "cluster", ...flags], signal);
  }
  const loaded = JSON.parse(readIfThere(marker(files)) ?? "{}") as Record<string, string>;
  for (const { reference, archive, digest } of images) {
    if (!fresh && loaded[reference] === digest) continue;
    report.detail(`loading ${reference}`);
    await kind(["load", "image-archive", archive, "--name", files.name], signal);
    loaded[reference] = digest;
    writeWhole(marker(files), JSON.stringify(loaded));
  }
  return fresh;
}

/** Deletes the cluster with all that is in it. */
export async function stopKind(files: ClusterFiles): Promise<void> {
  await kind(["delete", "cluster", "--name", files.name]);
}
