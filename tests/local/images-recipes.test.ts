import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, it } from "vitest";
import { ports, user } from "../../components/contract/runtime.ts";
import { bundle } from "../../images/bundle.ts";
import { pinned } from "../../images/pin.ts";
import { ownImages } from "../../images/programs.ts";
import { recipe, type Sources, toolsOf } from "../../local/images/recipes.ts";
import { stackReferences } from "../../local/images/references.ts";
import { standInTree } from "../../local/images/stand-in-tree.ts";
import { type StandIn, standIns } from "../../local/images/stand-ins.ts";
import { z3Program } from "../../local/images/z3.ts";
import { root } from "../../local/paths.ts";
import { scratch } from "./toolchain-scratch.ts";

const { signal } = new AbortController();
const report = { step: () => {}, detail: () => {} };

/** A folder with these files, and links where a value begins with `->`. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = scratch();
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    if (content.startsWith("->")) symlinkSync(content.slice(2), file);
    else writeFileSync(file, content, { mode: 0o755 });
  }
  return folder;
}

const standIn: StandIn = {
  title: "A server",
  configured: "redis",
  packages: ["server", "dash"],
  exclude: [],
  programs: { server: "serves", sh: "runs the probes" },
  user: { name: "server", uid: 999, gid: 998 },
  directories: ["data"],
  env: {},
};

const packaged = {
  bin: "->usr/bin",
  "usr/bin/dash": "dash",
  "usr/bin/sh": "->dash",
  "usr/bin/perl": "perl",
  // As it is when what chooses among installed versions is not installed.
  "usr/bin/server": "->../share/server-common/wrapper",
  "usr/sbin/adduser": "adduser",
  "usr/lib/postgresql/15/bin/server": "server",
  "usr/lib/postgresql/15/bin/bench": "bench",
  "usr/lib/libserver.so": "library",
};

it("keeps the programs of a stand-in with what they are links to, and no other", () => {
  const { tree, path } = standInTree(standIn, { packages: folderOf(packaged), tools: new Map() });
  const files = [...tree].filter(([, { kind }]) => kind !== "directory").map(([name]) => name);
  expect(files.sort()).toEqual([
    "bin",
    "etc/group",
    "etc/nsswitch.conf",
    "etc/passwd",
    "usr/bin/dash",
    "usr/bin/sh",
    "usr/lib/libserver.so",
    "usr/lib/postgresql/15/bin/server",
    "var/run",
  ]);
  expect(path).toEqual(["/usr/bin", "/usr/lib/postgresql/15/bin"]);
  expect(tree.get("data")).toEqual({ kind: "directory", mode: 0o755, owner: { uid: 999, gid: 998 } });
  expect(tree.get("tmp")).toEqual({ kind: "directory", mode: 0o1777 });
});

it("says which program no package has, and what it is for", () => {
  const { "usr/bin/dash": _dash, ...without } = packaged;
  expect(() => standInTree(standIn, { packages: folderOf(without), tools: new Map() })).toThrow(
    "sh is in none of the packages server, dash. It is needed: runs the probes",
  );
});

it("puts tools where the image that it stands in for has them", () => {
  const tool = join(folderOf({ tool: "tool" }), "tool");
  const { tree, path } = standInTree(
    { ...standIn, packages: [], programs: {}, links: { "/server": "/bin/server" } },
    { tools: new Map([["/bin/server", tool]]) },
  );
  expect(tree.get("bin/server")).toMatchObject({ kind: "file", mode: 0o755, content: { file: tool } });
  expect(tree.get("bin")).toEqual({ kind: "directory", mode: 0o755 });
  expect(tree.get("server")).toEqual({ kind: "link", target: "/bin/server" });
  expect(path).toEqual(["/usr/bin"]);
});

it("stands in for servers as the user that their pods run as", () => {
  const users = Object.entries(standIns).map(([name, { user }]) => [name, user.uid, user.gid]);
  expect(users).toEqual([
    ["postgres", 999, 999],
    ["redis", 999, 999],
    ["versitygw", 1000, 1000],
    ["prometheus", 65534, 65534],
    ["alertmanager", 65534, 65534],
    ["kube-state-metrics", 65534, 65534],
    ["blackbox-exporter", 65534, 65534],
    ["statsd-exporter", 65534, 65534],
    ["postgres-exporter", 65534, 65534],
    ["redis-exporter", 59000, 59000],
  ]);
});

it("asks for the tools of the images that are wanted, each once", () => {
  expect(toolsOf(["redis", "api-gateway", "prometheus", "versitygw"])).toEqual([
    "prometheus",
    "promtool",
    "versitygw",
  ]);
});

it("starts what has an entrypoint as the image that it stands in for", async () => {
  const { config } = await recipe("kube-state-metrics", sources());
  expect(config.entrypoint).toEqual(["/kube-state-metrics", "--port=8080", "--telemetry-port=8081"]);
  expect(config.user).toEqual({ uid: 65534, gid: 65534 });
});

function sources(): Sources {
  const files = folderOf({ "usr/lib/libc.so.6": "libc", node: "node", z3: "z3", tool: "tool" });
  return {
    debian: async () => join(files, "usr", ".."),
    engine: async (name) => join(files, name),
    tool: async () => join(files, "tool"),
    node: join(files, "node"),
  };
}

const { version, optionalDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

it("makes an own image of base, Node.js and program, for the user of the contract", async () => {
  const { layers, config } = await recipe("database-migrations", sources());
  const paths = layers.map((tree) =>
    [...tree].filter(([, { kind }]) => kind === "file").map(([path]) => path),
  );
  expect(paths).toHaveLength(3);
  expect(paths[0]).toEqual(expect.arrayContaining(["usr/lib/libc.so.6", "etc/passwd", "etc/group"]));
  expect(paths[1]).toEqual(["usr/bin/node"]);
  expect(paths[2]).toEqual(
    expect.arrayContaining([
      "app/main.mjs",
      "app/main.mjs.map",
      expect.stringMatching(/^app\/packages\/pg@[\d.]+\/package\.json$/),
    ]),
  );
  expect(paths[2]?.filter((path) => !path.startsWith("app/"))).toEqual([]);
  expect(config).toEqual({
    user,
    env: { PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", NODE_ENV: "production" },
    entrypoint: ["/usr/bin/node", "/app/main.mjs"],
    workingDirectory: "/app",
    labels: {
      "org.opencontainers.image.title": ownImages["database-migrations"].title,
      "org.opencontainers.image.version": version,
      "org.opencontainers.image.licenses": "Apache-2.0",
    },
  });
});

it("knows the contract's user by name", () => {
  const passwd = readFileSync(join(root, "images", "files", "etc", "passwd"), "utf8");
  expect(passwd).toContain(`\nplatform:x:${user.uid}:${user.gid}:`);
});

it("makes the same images as the Containerfile", () => {
  const text = readFileSync(join(root, "images", "Containerfile"), "utf8");
  const stages = new Map(
    [...text.matchAll(/^FROM runtime AS (\S+)\n((?:.+\n)*)/gm)].map(([, name, body]) => [name, body]),
  );
  expect([...stages.keys()]).toEqual(Object.keys(ownImages));
  for (const [name, { title, serves }] of Object.entries(ownImages)) {
    const stage = stages.get(name);
    expect(stage).toContain(`LABEL org.opencontainers.image.title="${title}"\n`);
    expect(stage?.includes(`EXPOSE ${ports.http} ${ports.metrics}\n`)).toBe(serves);
    expect(stage).toContain(`COPY --from=bundle /bundle/${name}/ /app/\n`);
  }
  expect(text).toContain(`ARG NODE_VERSION=${optionalDependencies.node}\n`);
  expect(text).toContain(`USER ${user.uid}:${user.gid}\n`);
  expect(text).toContain('ENTRYPOINT ["/usr/bin/node", "/app/main.mjs"]\n');
});

it("publishes every own image", () => {
  const workflow = readFileSync(join(root, ".github", "workflows", "release.yml"), "utf8");
  expect(workflow).toContain(`image: [${Object.keys(ownImages).join(", ")}]\n`);
});

it("refuses a bundle that lacks something", async () => {
  const folder = folderOf({ "main.ts": 'import missing from "not-installed";\nconsole.log(missing);\n' });
  await expect(bundle({ program: "main", source: relative(root, join(folder, "main.ts")) })).rejects.toThrow(
    /main\.ts cannot be bundled: .*Could not resolve 'not-installed'/s,
  );
});

it("asks for the images by the configuration of the stack", () => {
  expect(stackReferences("dev")).toEqual({
    "api-gateway": "ghcr.io/iot-verification/api-gateway:0.1.0",
    "tsn-verification": "ghcr.io/iot-verification/tsn-verification:0.1.0",
    "database-migrations": "ghcr.io/iot-verification/database-migrations:0.1.0",
    "object-storage": "ghcr.io/iot-verification/object-storage:0.1.0",
    postgres: "docker.io/library/postgres:17.11-bookworm",
    redis: "docker.io/library/redis:8.2.10",
    versitygw: "ghcr.io/versity/versitygw:v1.8.0",
    prometheus: "docker.io/prom/prometheus:v3.16.0",
    alertmanager: "docker.io/prom/alertmanager:v0.34.2",
    "kube-state-metrics": "registry.k8s.io/kube-state-metrics/kube-state-metrics:v2.18.0",
    "blackbox-exporter": "quay.io/prometheus/blackbox-exporter:v0.28.0",
    "statsd-exporter": "quay.io/prometheus/statsd-exporter:v0.28.0",
    "postgres-exporter": "quay.io/prometheuscommunity/postgres-exporter:v0.18.1",
    "redis-exporter": "docker.io/oliver006/redis_exporter:v1.80.0",
  });
});

const requirement = join(root, "images", "z3.txt");

it("gets Z3 by pip once", async () => {
  const bin = scratch();
  const calls = join(bin, "calls");
  writeFileSync(
    join(bin, "pip3"),
    `#!/bin/sh\necho "$*" >>${calls}\nfor word; do case $word in --target=*) mkdir -p "\${word#--target=}/bin" && : >"\${word#--target=}/bin/z3";; esac; done\n`,
  );
  chmodSync(join(bin, "pip3"), 0o755);
  const env = { PATH: `${bin}:/usr/bin:/bin` };
  // A machine's own Python must not answer first.
  writeFileSync(join(bin, "python3"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
  const args = { requirement, architecture: "arm64", cache: scratch(), env, report, signal } as const;
  const program = await z3Program(args);
  expect(readFileSync(program, "utf8")).toBe("");
  expect(await z3Program(args)).toBe(program);
  const [version, install, ...more] = readFileSync(calls, "utf8").trim().split("\n");
  expect(version).toBe("--version");
  expect(install).toMatch(
    /^install .*--require-hashes --only-binary=:all: --platform=manylinux_2_38_aarch64 --target=\S+ --requirement=\S+z3\.txt$/,
  );
  expect(more).toEqual([]);
});

it("says that Z3 needs pip", async () => {
  const args = { requirement, architecture: "amd64", cache: scratch(), env: { PATH: scratch() } } as const;
  await expect(z3Program({ ...args, report, signal })).rejects.toThrow(
    [
      "Z3 comes as a Python wheel, and there is no pip to get it. Tried, in this order:",
      "  python3 -m pip: not on PATH",
      "  pip3: not on PATH",
      "  pip: not on PATH",
      "Install pip (on Debian: apt-get install python3-pip), then run the command again.",
    ].join("\n"),
  );
});

const digest = `sha256:${"a".repeat(64)}`;

it("pins images in a stack's configuration, and keeps the rest of it", () => {
  const before = "# Ours.\nconfig:\n  iot-verification:redis:\n    storage: { size: 5Gi } # small\n";
  expect(pinned(before, [`api-gateway=example.org/api-gateway:1.0.0@${digest}`])).toBe(
    `${before}  iot-verification:images:\n    overrides:\n      api-gateway: example.org/api-gateway:1.0.0@${digest}\n`,
  );
});

it.each(["api-gateway=example.org/api-gateway:1.0.0", `other=example.org/other@${digest}`, "", digest])(
  "refuses %j for a pin",
  (pin) => {
    expect(() => pinned("config: {}\n", [pin])).toThrow(
      `"${pin}" pins no image: it must be IMAGE=REFERENCE@sha256:DIGEST, where IMAGE is one of api-gateway, ` +
        "tsn-verification, database-migrations, object-storage",
    );
  },
);
