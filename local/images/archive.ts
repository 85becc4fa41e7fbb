import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { digestOf, type Layer, type LayerStore } from "./store.ts";
import { tarOf } from "./tar.ts";
import { fileFrom, type Owner, type Tree, text } from "./tree.ts";

/** How a container of an image starts. */
export interface ImageConfig {
  readonly user: Owner;
  readonly env: Readonly<Record<string, string>>;
  /** Program and arguments, run as they are: no shell reads them. @default none: whoever uses the image says what to run */
  readonly entrypoint?: readonly string[];
  readonly workingDirectory: string;
  /** TCP ports that it listens on. @default none */
  readonly ports?: readonly number[];
  /** https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md#pre-defined-annotation-keys */
  readonly labels: Readonly<Record<string, string>>;
}

export interface Image {
  readonly architecture: "amd64" | "arm64";
  /** From the lowest on. */
  readonly layers: readonly Layer[];
  readonly config: ImageConfig;
}

export interface Archive {
  /** Path of the archive. */
  readonly file: string;
  /** `sha256:HEX` of the image's manifest: what a reference by digest names. */
  readonly digest: string;
  /** Bytes of the archive. */
  readonly size: number;
  /** It was there already. */
  readonly cached: boolean;
}

const media = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
};

/**
 * Writes an image as an OCI archive, from which `ctr images import` takes it under its whole reference:
 * https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 *
 * The same image under the same reference gives the same bytes; then the archive that is there stays.
 *
 * @param args.folder where archives are; the file is named after the image and its content
 */
export async function writeArchive(args: {
  readonly name: string;
  readonly reference: string;
  readonly image: Image;
  readonly store: LayerStore;
  readonly folder: string;
  readonly signal: AbortSignal;
}): Promise<Archive> {
  const { digest, tree } = layout(args);
  const content = digestOf(Buffer.from(`${args.reference}\n${digest}`)).slice("sha256:".length, 19);
  const file = join(args.folder, `${args.name}-${content}.tar`);
  const there = await stat(file).catch(() => undefined);
  if (there) return { file, digest, size: there.size, cached: true };
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  try {
    await pipeline(tarOf(tree), createWriteStream(draft), { signal: args.signal });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  return { file, digest, size: (await stat(file)).size, cached: false };
}

function layout(args: { readonly reference: string; readonly image: Image; readonly store: LayerStore }): {
  digest: string;
  tree: Tree;
} {
  const { image, store, reference } = args;
  const config = json(configOf(image));
  const manifest = json({
    schemaVersion: 2,
    mediaType: media.manifest,
    config: descriptor(media.config, config),
    layers: image.layers.map(({ digest, size }) => ({ mediaType: media.layer, digest, size })),
  });
  const index = json({
    schemaVersion: 2,
    mediaType: media.index,
    manifests: [
      {
        ...descriptor(media.manifest, manifest),
        platform: { architecture: image.architecture, os: "linux" },
        // By the first containerd names the image, by the second other readers of the layout do.
        annotations: {
          "io.containerd.image.name": reference,
          "org.opencontainers.image.ref.name": reference,
        },
      },
    ],
  });
  const tree = new Map([
    ["oci-layout", text(JSON.stringify({ imageLayoutVersion: "1.0.0" }))],
    ["index.json", text(index.toString())],
    [blobPath(digestOf(config)), text(config.toString())],
    [blobPath(digestOf(manifest)), text(manifest.toString())],
    ...image.layers.map((layer) => [blobPath(layer.digest), fileFrom(store.blob(layer), 0o644)] as const),
  ]);
  return { digest: digestOf(manifest), tree };
}

/** https://github.com/opencontainers/image-spec/blob/v1.1.1/config.md */
function configOf({ architecture, layers, config }: Image) {
  const { user, env, entrypoint, workingDirectory, ports, labels } = config;
  return {
    created: "1970-01-01T00:00:00Z",
    architecture,
    os: "linux",
    config: {
      User: `${user.uid}:${user.gid}`,
      ...(ports && { ExposedPorts: Object.fromEntries(ports.map((port) => [`${port}/tcp`, {}])) }),
      Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
      ...(entrypoint && { Entrypoint: entrypoint }),
      WorkingDir: workingDirectory,
      Labels: labels,
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ diffId }) => diffId) },
  };
}

function descriptor(mediaType: string, bytes: Buffer) {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(":", "/")}`;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
