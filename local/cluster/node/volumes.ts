import { chmodSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Admin, call, watch } from "../api.ts";
import { inside } from "./settings.ts";

interface Volume {
  readonly metadata: { readonly name: string; readonly resourceVersion: string };
  readonly spec: { readonly local?: { readonly path: string } };
}

const path = "/api/v1/persistentvolumes";

/** The folder of a volume that the local cluster has made; nothing for one that someone else has. */
function folderOf({ metadata, spec }: Volume): string | undefined {
  const folder = join(inside.volumes, metadata.name);
  return spec.local?.path === folder ? folder : undefined;
}

/** Everyone may write, as in the volumes of other provisioners of folders; the kubelet sets the group of a pod. */
function make(folder: string): void {
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o777);
}

/** Makes a folder for every volume of the cluster, and removes it with the volume. Never returns. */
export async function keepFolders(admin: Admin): Promise<never> {
  for (;;) {
    try {
      await follow(admin);
    } catch {
      // The API server is away: it will be back, or the node ends with the cluster.
    }
    await delay(500);
  }
}

async function follow(admin: Admin): Promise<void> {
  const list = JSON.parse((await call(admin, { method: "GET", path })).body) as {
    readonly metadata: { readonly resourceVersion: string };
    readonly items: readonly Volume[];
  };
  const wanted = list.items.flatMap((volume) => folderOf(volume) ?? []);
  mkdirSync(inside.volumes, { recursive: true });
  for (const name of readdirSync(inside.volumes)) {
    const folder = join(inside.volumes, name);
    if (!wanted.includes(folder)) rmSync(folder, { recursive: true, force: true });
  }
  for (const folder of wanted) make(folder);
  const from = `resourceVersion=${list.metadata.resourceVersion}`;
  for await (const { type, object } of watch<Volume>(admin, `${path}?watch=true&${from}`)) {
    const folder = folderOf(object);
    if (type === "ERROR") return;
    if (folder && type === "DELETED") rmSync(folder, { recursive: true, force: true });
    else if (folder) make(folder);
  }
}
