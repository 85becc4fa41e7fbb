import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { readIfThere, writeWhole } from "../../files.ts";
import { writeArchive } from "../../images/archive.ts";
import { LayerStore } from "../../images/store.ts";
import { directory, fileFrom } from "../../images/tree.ts";
import { inside, type NodeImage, sandboxImage, snapshotterFile } from "./settings.ts";

/** The image whose container holds the namespaces of a pod: one program that waits. */
export async function pauseImage(args: {
  readonly pause: string;
  readonly home: string;
  readonly signal: AbortSignal;
}): Promise<NodeImage> {
  const { pause, home, signal } = args;
  const store = new LayerStore(join(home, "pause"));
  const tree = new Map([
    ["pause", fileFrom(pause, 0o755)],
    ["tmp", directory(0o1777)],
  ]);
  const { file, digest } = await writeArchive({
    name: "pause",
    reference: sandboxImage,
    image: {
      architecture: process.arch === "x64" ? "amd64" : "arm64",
      layers: [await store.layer(tree, signal)],
      config: {
        user: { uid: 65535, gid: 65535 },
        env: {},
        entrypoint: ["/pause"],
        workingDirectory: "/",
        labels: {},
      },
    },
    store,
    folder: join(home, "pause"),
    signal,
  });
  return { reference: sandboxImage, archive: file, digest };
}

/** The name under which containerd looks for what a pod calls `reference`: with registry, and a digest in place of a tag. */
export function fullName(reference: string): string {
  const first = reference.split("/")[0] ?? "";
  const hasHost = reference.includes("/") && (/[.:]/.test(first) || first === "localhost");
  const named = hasHost ? reference : `docker.io/${reference.includes("/") ? "" : "library/"}${reference}`;
  const [name = "", digest] = named.split("@");
  const tag = /:[^/]+$/;
  if (digest) return `${name.replace(tag, "")}@${digest}`;
  return tag.test(name) ? name : `${name}:latest`;
}

type Imported = Readonly<Record<string, string>>;

function readImported(file: string): Imported {
  try {
    return JSON.parse(readIfThere(file) ?? "{}") as Imported;
  } catch {
    return {};
  }
}

/**
 * Gives the node the images whose digest it does not have yet, and takes away those that are no longer among them.
 * @param args.pid a process inside the node
 * @returns references whose content differs from what the node had under the same name
 */
export async function importImages(args: {
  readonly images: readonly NodeImage[];
  readonly home: string;
  readonly bin: string;
  readonly pid: number;
  readonly signal: AbortSignal;
  readonly onImport: (image: NodeImage) => void;
}): Promise<string[]> {
  const { images, home, bin, pid, signal, onImport } = args;
  const file = join(home, "images.json");
  const snapshotter = readFileSync(join(home, snapshotterFile), "utf8");
  const before = readImported(file);
  // As a process of the node, whose end is its end, too: outside it would call a containerd that is gone for ever.
  const enter = ["--target", String(pid), "--mount", "--pid", "--", join(bin, "ctr")];
  const address = ["--address", inside.containerdSocket, "--namespace", "k8s.io"];
  const ctr = async (...argv: string[]) => {
    const all = [...enter, ...address, "images", ...argv];
    return (await promisify(execFile)("nsenter", all, { signal, maxBuffer: 16 << 20 })).stdout;
  };
  const now: Record<string, string> = { ...before };
  let changed = false;
  const note = () => {
    changed = true;
    writeWhole(file, `${JSON.stringify(now, undefined, 2)}\n`);
  };
  for (const image of images) {
    if (before[image.reference] === image.digest) continue;
    onImport(image);
    await ctr("import", "--snapshotter", snapshotter, image.archive);
    const name = fullName(image.reference);
    if (name !== image.reference) await ctr("tag", "--force", image.reference, name);
    now[image.reference] = image.digest;
    note();
  }
  const kept = new Set(images.map(({ reference }) => reference));
  for (const reference of Object.keys(before).filter((one) => !kept.has(one))) {
    await ctr("remove", reference, fullName(reference));
    delete now[reference];
    note();
  }
  if (changed) for (const name of unnamed(await ctr("list"))) await ctr("remove", name);
  return images
    .filter(({ reference, digest }) => before[reference] !== undefined && before[reference] !== digest)
    .map(({ reference }) => reference);
}

/**
 * Names that containerd has given to images by their content and that nothing else leads to any more: what they hold
 * would stay on the disk.
 * @param list what `ctr images list` prints: name, type and digest first
 */
export function unnamed(list: string): string[] {
  const rows = list
    .split("\n")
    .slice(1)
    .map((line) => line.split(/\s+/));
  const isId = (name = "") => /^sha256:[0-9a-f]{64}$/.test(name);
  const named = new Set(rows.filter(([name]) => !isId(name)).map(([, , digest]) => digest));
  return rows.flatMap(([name, , digest]) => (name && isId(name) && !named.has(digest) ? [name] : []));
}
