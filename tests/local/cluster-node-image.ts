import { join } from "node:path";
import type { NodeImage } from "../../local/cluster/index.ts";
import { writeArchive } from "../../local/images/archive.ts";
import { LayerStore } from "../../local/images/store.ts";
import { directory, fileFrom, link, type Tree } from "../../local/images/tree.ts";
import type { Report } from "../../local/report.ts";
import { debianTree } from "../../local/toolchain/debian/index.ts";

/** What the server of the image answers under /cgi-bin/NAME?QUERY, as shell commands. */
const answers = {
  version: "cat /www/version",
  whoami: 'echo "$HOSTNAME $(id -u) $(id -g)"',
  append: 'echo "$QUERY_STRING" >> /data/log && cat /data/log',
  lookup: 'nslookup "$QUERY_STRING" | grep -A1 ^Name',
  connect: 'nc -w 2 $(echo "$QUERY_STRING" | tr : " ") < /dev/null && echo open',
};

/**
 * An image of a small HTTP server on port 8080 that does what a test asks for; runs as any user.
 * @param args.version what it answers as its version
 */
export async function serverImage(args: {
  readonly reference: string;
  readonly version: string;
  readonly folder: string;
  readonly report: Report;
}): Promise<NodeImage> {
  const { reference, version, folder, report } = args;
  const { signal } = new AbortController();
  const { root } = await debianTree({ set: "test-busybox", packages: ["busybox-static"], report, signal });
  const script = (commands: string) => ({
    kind: "file" as const,
    mode: 0o755,
    content: Buffer.from(`#!/bin/sh\nprintf 'content-type: text/plain\\r\\n\\r\\n'\n${commands} 2>&1\n`),
  });
  const tree: Tree = new Map([
    ["bin", directory()],
    ["bin/busybox", fileFrom(join(root, "bin/busybox"), 0o755)],
    ...["sh", "cat", "id", "grep", "nslookup", "nc", "tr", "httpd"].map(
      (name) => [`bin/${name}`, link("busybox")] as const,
    ),
    ["www", directory()],
    ["www/version", { kind: "file", mode: 0o644, content: Buffer.from(`${version}\n`) }],
    ["www/cgi-bin", directory()],
    ...Object.entries(answers).map(([name, commands]) => [`www/cgi-bin/${name}`, script(commands)] as const),
  ]);
  const store = new LayerStore(folder);
  const { file, digest } = await writeArchive({
    name: "server",
    reference,
    image: {
      architecture: process.arch === "x64" ? "amd64" : "arm64",
      layers: [await store.layer(tree, signal)],
      config: {
        user: { uid: 999, gid: 999 },
        env: { PATH: "/bin" },
        entrypoint: ["/bin/httpd", "-f", "-v", "-p", "8080", "-h", "/www"],
        workingDirectory: "/",
        labels: {},
      },
    },
    store,
    folder,
    signal,
  });
  return { reference, archive: file, digest };
}
