import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { type Image, writeArchive } from "../../local/images/archive.ts";
import { LayerStore } from "../../local/images/store.ts";
import { tarOf } from "../../local/images/tar.ts";
import { directory, fileFrom, link, merged, type Tree, text, treeOf } from "../../local/images/tree.ts";
import { scratch } from "./toolchain-scratch.ts";

const { signal } = new AbortController();
const config: Image["config"] = {
  user: { uid: 65532, gid: 65532 },
  env: { PATH: "/usr/bin", NODE_ENV: "production" },
  entrypoint: ["/usr/bin/node", "/app/main.mjs"],
  workingDirectory: "/app",
  ports: [8080],
  labels: { "org.opencontainers.image.title": "Test" },
};

interface Header {
  readonly path: string;
  readonly type: string;
  readonly mode: string;
  readonly owner: string;
  readonly time: number;
  readonly link: string;
  readonly content: string;
}

/** Reads a tar archive as the standard lays it out. */
function entriesOf(bytes: Buffer): Header[] {
  const entries: Header[] = [];
  for (let at = 0; bytes[at] !== 0; ) {
    const field = (offset: number, length: number) =>
      bytes.toString("utf8", at + offset, at + offset + length).replace(/\0.*$/s, "");
    const number = (offset: number, length: number) => Number.parseInt(field(offset, length), 8);
    const size = number(124, 12);
    entries.push({
      path: [field(345, 155), field(0, 100)].filter(Boolean).join("/"),
      type: field(156, 1),
      mode: number(100, 8).toString(8),
      owner: `${number(108, 8)}:${number(116, 8)}`,
      time: number(136, 12),
      link: field(157, 100),
      content: bytes.toString("utf8", at + 512, at + 512 + size),
    });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

async function tar(tree: Tree): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of tarOf(tree)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** A folder with a program, a link to it and a directory, made at a time of its own. */
function packages(time: number): string {
  const folder = scratch();
  mkdirSync(join(folder, "usr", "bin"), { recursive: true });
  writeFileSync(join(folder, "usr", "bin", "tool"), "#!/bin/sh\n", { mode: 0o4755 });
  symlinkSync("tool", join(folder, "usr", "bin", "alias"));
  utimesSync(join(folder, "usr", "bin", "tool"), time, time);
  return folder;
}

async function archive(args: { tree: Tree; store?: LayerStore; folder?: string; reference?: string }) {
  const folder = args.folder ?? scratch();
  const store = args.store ?? new LayerStore(folder);
  const layer = await store.layer(args.tree, signal);
  const image: Image = { architecture: "arm64", layers: [layer], config };
  const reference = args.reference ?? "example.org/tools/test:1.0.0";
  return {
    layer,
    store,
    folder,
    ...(await writeArchive({ name: "test", reference, image, store, folder, signal })),
  };
}

it("writes entries in order, without times, owned by numbers, and without special rights", async () => {
  const tree = merged(treeOf(packages(1e9)), new Map([["tmp", directory(0o1777, { uid: 1, gid: 2 })]]));
  const plain = { owner: "0:0", time: 0, link: "", content: "" };
  expect(entriesOf(await tar(tree))).toEqual([
    { ...plain, path: "tmp/", type: "5", mode: "1777", owner: "1:2" },
    { ...plain, path: "usr/", type: "5", mode: "755" },
    { ...plain, path: "usr/bin/", type: "5", mode: "755" },
    { ...plain, path: "usr/bin/alias", type: "2", mode: "777", link: "tool" },
    { ...plain, path: "usr/bin/tool", type: "0", mode: "755", content: "#!/bin/sh\n" },
  ]);
});

it("writes what tar reads", async () => {
  const folder = scratch();
  writeFileSync(join(folder, "a.tar"), await tar(treeOf(packages(1e9))));
  execFileSync("tar", ["-xf", "a.tar"], { cwd: folder });
  expect(readFileSync(join(folder, "usr", "bin", "alias"), "utf8")).toBe("#!/bin/sh\n");
});

it("writes names of up to 255 bytes, and refuses what does not fit", async () => {
  const long = `${"d".repeat(120)}/${"e".repeat(30)}/${"f".repeat(100)}`;
  expect(entriesOf(await tar(new Map([[long, text("x")]])))).toMatchObject([{ path: long, content: "x" }]);
  const endless = "f".repeat(101);
  await expect(tar(new Map([[endless, text("x")]]))).rejects.toThrow(
    `${endless} does not fit into a ustar archive: "${endless}" is longer than 100 bytes`,
  );
});

it("refuses a file that is not what it was", async () => {
  const file = join(scratch(), "file");
  writeFileSync(file, "four");
  const tree = new Map([["file", fileFrom(file, 0o644)]]);
  writeFileSync(file, "eleven more");
  await expect(tar(tree)).rejects.toThrow(`${file} changed while it was read: it had 4 bytes and gave 11`);
});

it("names a file that is not there", () => {
  const file = join(scratch(), "missing");
  expect(() => fileFrom(file, 0o644)).toThrow(file);
});

it("has everything that a runtime needs, and each part is what its digest says", async () => {
  const { file, layer, digest, size, reference } = {
    reference: "example.org/tools/test:1.0.0",
    ...(await archive({ tree: treeOf(packages(1e9)) })),
  };
  const bytes = readFileSync(file);
  const parts = new Map(entriesOf(bytes).map(({ path, content }) => [path, content]));
  const index = JSON.parse(parts.get("index.json") ?? "");
  const blob = (of: string) => JSON.parse(parts.get(`blobs/${of.replace(":", "/")}`) ?? "");
  const manifest = blob(digest);
  expect(size).toBe(bytes.length);
  expect([...parts.keys()].sort()).toEqual(
    [
      "index.json",
      "oci-layout",
      ...[digest, manifest.config.digest, layer.digest].map((one) => `blobs/${one.replace(":", "/")}`),
    ].sort(),
  );
  expect(JSON.parse(parts.get("oci-layout") ?? "")).toEqual({ imageLayoutVersion: "1.0.0" });
  expect(index).toEqual({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json",
    manifests: [
      {
        mediaType: "application/vnd.oci.image.manifest.v1+json",
        digest,
        size: JSON.stringify(manifest).length,
        platform: { architecture: "arm64", os: "linux" },
        annotations: {
          "io.containerd.image.name": reference,
          "org.opencontainers.image.ref.name": reference,
        },
      },
    ],
  });
  expect(manifest).toEqual({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.oci.image.config.v1+json",
      digest: manifest.config.digest,
      size: JSON.stringify(blob(manifest.config.digest)).length,
    },
    layers: [
      { mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: layer.digest, size: layer.size },
    ],
  });
  expect(blob(manifest.config.digest)).toEqual({
    created: "1970-01-01T00:00:00Z",
    architecture: "arm64",
    os: "linux",
    config: {
      User: "65532:65532",
      ExposedPorts: { "8080/tcp": {} },
      Env: ["PATH=/usr/bin", "NODE_ENV=production"],
      Entrypoint: ["/usr/bin/node", "/app/main.mjs"],
      WorkingDir: "/app",
      Labels: { "org.opencontainers.image.title": "Test" },
    },
    rootfs: { type: "layers", diff_ids: [layer.diffId] },
  });
});

it("stores layers under the digests of what is in them", async () => {
  const { store, layer } = await archive({ tree: treeOf(packages(1e9)) });
  const compressed = readFileSync(store.blob(layer));
  const sum = (bytes: Buffer) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
  expect(layer).toEqual({
    digest: sum(compressed),
    diffId: sum(gunzipSync(compressed)),
    size: compressed.length,
  });
  expect(entriesOf(gunzipSync(compressed)).map(({ path }) => path)).toEqual([
    "usr/",
    "usr/bin/",
    "usr/bin/alias",
    "usr/bin/tool",
  ]);
});

it("makes the same bytes of the same files, wherever they are and whenever they were made", async () => {
  const one = await archive({ tree: treeOf(packages(1e9)) });
  const other = await archive({ tree: treeOf(packages(2e9)) });
  expect(other.digest).toBe(one.digest);
  expect(readFileSync(other.file)).toEqual(readFileSync(one.file));
});

it("leaves an unchanged image as it is, and makes nothing but what changed", async () => {
  const base = treeOf(packages(1e9));
  const first = await archive({ tree: base });
  const { ino } = statSync(first.file);
  const again = await archive({ ...first, tree: base });
  expect(again).toEqual({ ...first, cached: true });
  expect(statSync(again.file).ino).toBe(ino);

  const renamed = await archive({ ...first, tree: base, reference: "example.org/tools/test:1.0.1" });
  expect(renamed).toMatchObject({ digest: first.digest, layer: first.layer, cached: false });
  expect(renamed.file).not.toBe(first.file);

  const changed = await archive({
    ...first,
    tree: merged(base, new Map([["usr/bin/alias", link("other")]])),
  });
  expect(changed.digest).not.toBe(first.digest);
  expect(changed.cached).toBe(false);
});

it("makes a layer anew when a file of it changed, or its blob is damaged", async () => {
  const folder = packages(1e9);
  const { store, layer } = await archive({ tree: treeOf(folder) });
  writeFileSync(store.blob(layer), "damaged");
  expect(await store.layer(treeOf(folder), signal)).toEqual(layer);
  expect(statSync(store.blob(layer)).size).toBe(layer.size);
  writeFileSync(join(folder, "usr", "bin", "tool"), "#!/bin/ah\n");
  expect((await store.layer(treeOf(folder), signal)).digest).not.toBe(layer.digest);
});
