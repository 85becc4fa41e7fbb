import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { type FetchArgs, fetchOfficial, hasSum, probe } from "../../local/toolchain/official.ts";
import { run } from "../../local/toolchain/process.ts";
import { tools } from "../../local/toolchain/tools.ts";
import { playedTool, recorder, writeScript } from "./toolchain-machine.ts";
import { scratch } from "./toolchain-scratch.ts";

/** A publisher on this machine. */
async function serve(files: Record<string, string | Buffer>): Promise<string> {
  const server = createServer((request, response) => {
    const body = files[request.url ?? ""];
    response.writeHead(body === undefined ? 404 : 200).end(request.method === "HEAD" ? undefined : body);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fetching(dir: string, args: Pick<FetchArgs, "tool" | "source">): FetchArgs {
  return {
    ...args,
    folder: join(dir, "tools", args.tool.name),
    workDir: join(dir, "making"),
    pulumiHome: join(dir, "pulumi"),
    cli: {
      name: "pulumi",
      path: join(dir, "path", "pulumi"),
      version: "3.265.0",
      origin: "official",
    },
    env: { PATH: `${join(dir, "path")}:/usr/bin:/bin`, HOME: dir },
    report: recorder(),
    signal: new AbortController().signal,
  };
}

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

test("an address is open, answers something else, or is not there", async () => {
  const base = await serve({ "/here": "" });
  const answers = await probe([`${base}/here`, `${base}/gone`, "http://127.0.0.1:9/"]);
  expect([...answers.values()]).toEqual([
    undefined,
    expect.stringMatching(/^127\.0\.0\.1:\d+ answers 404$/),
    expect.stringMatching(/^127\.0\.0\.1:9 cannot be reached \(/),
  ]);
});

test("a program with its sum gets its name and its stamp", async () => {
  const dir = scratch();
  const program = `#!/bin/sh\n${playedTool("kubectl", "1.36.3")}\n`;
  const base = await serve({ "/kubectl": program, "/kubectl.sha256": sha256(program) });
  const source = {
    kind: "download",
    version: "1.36.3",
    probe: `${base}/kubectl`,
    sums: `${base}/kubectl.sha256`,
  };
  const got = await fetchOfficial(fetching(dir, { tool: tools.kubectl, source: source as never }));
  expect(got).toMatchObject({
    path: join(dir, "tools/kubectl/kubectl"),
    version: "1.36.3",
    origin: "official",
  });
  expect(readdirSync(join(dir, "tools/kubectl")).sort()).toEqual(["kubectl", "kubectl.json"]);
  expect(existsSync(join(dir, "making"))).toBe(false);
});

test("a program that is not what its publisher's sums say is not even run", async () => {
  const dir = scratch();
  const base = await serve({ "/kubectl": `#!/bin/sh\ntouch "${dir}/run"`, "/sums": sha256("another") });
  const source = {
    kind: "download",
    version: "1.36.3",
    probe: `${base}/kubectl`,
    sums: `${base}/sums`,
  } as const;
  await expect(fetchOfficial(fetching(dir, { tool: tools.kubectl, source }))).rejects.toThrow(
    `${base}/kubectl is not what ${base}/sums says`,
  );
  expect(readdirSync(dir)).toEqual([]);
});

test("a program inside an archive", async () => {
  const dir = scratch();
  writeScript(join(dir, "made", "etcd-v3.6.5", "etcd"), playedTool("etcd", "3.6.5"));
  await run("tar", ["-czf", join(dir, "etcd.tar.gz"), "-C", join(dir, "made"), "etcd-v3.6.5"]);
  const archive = readFileSync(join(dir, "etcd.tar.gz"));
  const base = await serve({ "/etcd.tar.gz": archive, "/SUMS": `${sha256(archive)}  etcd.tar.gz\n` });
  const source = {
    kind: "download",
    version: "3.6.5",
    probe: `${base}/etcd.tar.gz`,
    sums: `${base}/SUMS`,
    member: "etcd-v3.6.5/etcd",
  } as const;
  expect(await fetchOfficial(fetching(dir, { tool: tools.etcd, source }))).toMatchObject({
    version: "3.6.5",
  });
});

test("what says another version than was asked for is refused", async () => {
  const dir = scratch();
  const base = await serve({ "/etcd": `#!/bin/sh\n${playedTool("etcd", "3.6.4")}\n` });
  const source = { kind: "download", version: "3.6.5", probe: `${base}/etcd` } as const;
  await expect(fetchOfficial(fetching(dir, { tool: tools.etcd, source }))).rejects.toThrow(
    "what was downloaded is 3.6.4, not 3.6.5",
  );
  expect(readdirSync(dir)).toEqual([]);
});

test("the CLI comes through the npm package into our own PULUMI_HOME", async () => {
  const dir = scratch();
  const wrapper = `
    const { mkdirSync, writeFileSync } = require("node:fs");
    const bin = process.env.PULUMI_HOME + "/versions/" + process.env.PULUMI_VERSION + "/bin";
    mkdirSync(bin, { recursive: true });
    writeFileSync(bin + "/pulumi", "#!/bin/sh\\necho v" + process.env.PULUMI_VERSION, { mode: 0o755 });`;
  writeScript(
    join(dir, "path", "npm"),
    `while [ "$1" != "--prefix" ]; do shift; done
mkdir -p "$2/node_modules/pulumi"
cat >"$2/node_modules/pulumi/run.js" <<'END'${wrapper}\nEND`,
  );
  const source = { kind: "npm-wrapper", version: "3.265.0", probe: "http://127.0.0.1:9/" } as const;
  const got = await fetchOfficial(fetching(dir, { tool: tools.pulumi, source }));
  expect(got.path).toBe(join(dir, "pulumi/versions/3.265.0/bin/pulumi"));
  expect(existsSync(join(dir, "making"))).toBe(false);
});

test("a plugin download that fails is told with the CLI's own words", async () => {
  const dir = scratch();
  mkdirSync(join(dir, "path"));
  writeScript(join(dir, "path", "pulumi"), "echo error: 404 for plugin >&2; exit 255");
  const source = { kind: "pulumi-plugin", version: "4.34.2", probe: "http://127.0.0.1:9/" } as const;
  const tool = tools["pulumi-resource-kubernetes"];
  await expect(fetchOfficial(fetching(dir, { tool, source }))).rejects.toThrow(
    /^pulumi plugin install: exit code 255: error: 404 for plugin$/,
  );
});

describe("a program inside a Python package", () => {
  const source = {
    kind: "wheel",
    version: "5.4.1",
    requirement: "z3-solver==5.4.1.0",
    platformTag: "manylinux_2_27_x86_64",
    sha256: sha256("the wheel\n"),
    member: "z3.data/bin/z3",
  } as const;

  /** A Python whose pip downloads CONTENT, and that unpacks a program saying VERSION from whatever it is given. */
  function playPython(dir: string, { content = "the wheel", version = "5.4.1" } = {}): void {
    writeScript(
      join(dir, "path", "python3"),
      `echo "$*" >>"${dir}/python.log"
case "$2" in
pip) while [ "$1" != "--dest" ]; do shift; done; echo "${content}" >"$2/z3_solver-5.4.1.0-py3-none-any.whl" ;;
zipfile) mkdir -p "$5/z3.data/bin"; printf '#!/bin/sh\\necho Z3 version ${version}' >"$5/z3.data/bin/z3" ;;
esac`,
    );
  }

  test("is asked for by its platform, and gets its name when the package has the pinned sum", async () => {
    const dir = scratch();
    playPython(dir);
    const got = await fetchOfficial(fetching(dir, { tool: tools.z3, source }));
    expect(got).toEqual({ name: "z3", path: join(dir, "tools/z3/z3"), version: "5.4.1", origin: "official" });
    expect(readFileSync(join(dir, "python.log"), "utf8").split("\n")[0]).toBe(
      `-m pip download --no-deps --only-binary=:all: --no-input --quiet --platform manylinux_2_27_x86_64 --python-version 3 --dest ${dir}/making z3-solver==5.4.1.0`,
    );
    expect(existsSync(join(dir, "making"))).toBe(false);
  });

  test("is not even unpacked when the package has another sum", async () => {
    const dir = scratch();
    playPython(dir, { content: "another wheel" });
    await expect(fetchOfficial(fetching(dir, { tool: tools.z3, source }))).rejects.toThrow(
      `z3_solver-5.4.1.0-py3-none-any.whl has the SHA-256 sum ${sha256("another wheel\n")}, not the pinned ${source.sha256}`,
    );
    expect(readFileSync(join(dir, "python.log"), "utf8")).not.toContain("zipfile");
    expect(readdirSync(dir).sort()).toEqual(["path", "python.log"]);
  });

  test("is pinned for every platform that the local commands run on", () => {
    const sums = (["linux", "darwin"] as const).flatMap((os) =>
      (["amd64", "arm64"] as const).map((arch) => {
        const wheel = tools.z3.official({ os, arch });
        return wheel?.kind === "wheel" ? `${wheel.platformTag} ${wheel.sha256}` : "none";
      }),
    );
    expect(new Set(sums).size).toBe(4);
    for (const sum of sums) expect(sum).toMatch(/^(manylinux|macosx)_\w+ [0-9a-f]{64}$/);
  });
});

describe("checksum files", () => {
  test("a bare sum and lines of sums", () => {
    expect(hasSum("abc\n", { sum: "abc", name: "x" })).toBe(true);
    expect(hasSum("abc  x\ndef *y\n", { sum: "def", name: "y" })).toBe(true);
    expect(hasSum("abc  x\ndef  y\n", { sum: "abc", name: "y" })).toBe(false);
    expect(hasSum("<html>", { sum: "abc", name: "x" })).toBe(false);
  });
});
