import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type DebianTreeArgs, debianTree } from "../../local/toolchain/debian/index.ts";
import { run } from "../../local/toolchain/process.ts";
import { debianMachine, order, pack } from "./toolchain-debian-machine.ts";
import { recorder } from "./toolchain-machine.ts";
import { scratch } from "./toolchain-scratch.ts";

describe("a tree of packages", () => {
  test("holds the files of all packages, with merged /usr, and their versions", async () => {
    const dir = scratch();
    await pack(dir, "hello", { "usr/bin/hello": "echo hello" });
    await pack(dir, "libhello", { "lib/x86_64-linux-gnu/libhello.so": "", "bin/sh": "" });
    const tree = await debianTree(order(debianMachine(dir)));
    expect(tree.root).toMatch(/cache\/tools\/debian-some-[0-9a-f]{12}\/root$/);
    expect(tree).toEqual({ root: tree.root, packages: { hello: "1.0", libhello: "1.0" }, programs: {} });
    expect(readdirSync(join(tree.root, "usr/bin"))).toEqual(["hello", "sh"]);
    expect(existsSync(join(tree.root, "usr/lib/x86_64-linux-gnu/libhello.so"))).toBe(true);
    for (const name of ["bin", "sbin", "lib", "lib64"])
      expect(lstatSync(join(tree.root, name)).isSymbolicLink(), name).toBe(true);
  });

  test("is made once: a second call runs nothing, and what was downloaded is gone", async () => {
    const dir = scratch();
    await pack(dir, "hello", { "usr/bin/hello": "" });
    const machine = debianMachine(dir);
    const first = await debianTree(order(machine));
    const trace = readFileSync(join(dir, "apt.log"), "utf8");
    expect(trace).toBe(
      "apt-get update --error-on=any\napt-get install --yes --no-install-recommends --download-only hello\n",
    );
    const report = recorder();
    expect(await debianTree(order(machine, { report }))).toEqual(first);
    expect([readFileSync(join(dir, "apt.log"), "utf8"), report.steps]).toEqual([trace, []]);
    expect(readdirSync(join(dir, "cache")).sort()).toEqual(["apt", "tools"]);
    expect(existsSync(join(dir, "cache/apt/archives"))).toBe(false);
  });

  test("is asked for by two at once: one makes it", async () => {
    const dir = scratch();
    await pack(dir, "hello", { "usr/bin/hello": "" });
    const machine = debianMachine(dir);
    const [one, two] = await Promise.all([debianTree(order(machine)), debianTree(order(machine))]);
    expect(one).toEqual(two);
    expect(readFileSync(join(dir, "apt.log"), "utf8").match(/download-only/g)).toHaveLength(1);
  });

  test.each<[string, Partial<DebianTreeArgs>]>([
    ["packages", { packages: ["hello", "more"] }],
    ["exclusions", { exclude: ["perl"] }],
    ["omissions", { omit: ["usr/share/doc"] }],
    ["C library", { libc: "machine" }],
  ])("with other %s is another one", async (_, changes) => {
    const dir = scratch();
    await pack(dir, "hello", { "usr/bin/hello": "" });
    const machine = debianMachine(dir);
    const plain = await debianTree(order(machine));
    expect((await debianTree(order(machine, changes))).root).not.toBe(plain.root);
  });

  test("of another release is another one", async () => {
    const dir = scratch();
    await pack(dir, "hello", { "usr/bin/hello": "" });
    const machine = debianMachine(dir);
    const { root } = await debianTree(order(machine));
    writeFileSync(machine.releaseFile, 'ID=debian\nVERSION_ID="13"\n');
    expect((await debianTree(order(machine))).root).not.toBe(root);
  });

  test("leaves out what is omitted", async () => {
    const dir = scratch();
    await pack(dir, "hello", {
      "usr/share/doc/hello/README": "",
      "usr/share/man/hello.1": "",
      "usr/bin/hello": "",
    });
    const { root } = await debianTree(
      order(debianMachine(dir), { omit: ["usr/share/{doc,man}", "usr/none"] }),
    );
    expect(readdirSync(join(root, "usr/share"))).toEqual([]);
    expect(readdirSync(join(root, "usr/bin"))).toEqual(["hello"]);
  });
});

describe("apt of our own", () => {
  /** Keeps what apt is told, which is removed afterwards or written over by the next order. */
  const keeping = (dir: string) =>
    `cp "$APT_CONFIG" "${dir}/apt.conf"; cp "${dir}/cache/apt/status" "${dir}/status"`;

  test("takes the machine's way to the archives, and none of its hooks", async () => {
    const dir = scratch();
    await pack(dir, "hello", { "usr/bin/hello": "" });
    await debianTree(order(debianMachine(dir, keeping(dir))));
    const conf = readFileSync(join(dir, "apt.conf"), "utf8");
    expect(conf).toContain('Acquire::http::Proxy "http://proxy:1";');
    expect(conf).not.toContain("Post-Invoke");
    expect(conf).toContain('Dir::Etc::parts "/dev/null";');
    expect(conf).toContain(`Dir::State::status "${dir}/cache/apt/status";`);
  });

  test("takes for installed what is excluded, without what that depends on, and nothing else", async () => {
    const dir = scratch();
    await pack(dir, "hello", { "usr/bin/hello": "" });
    await debianTree(order(debianMachine(dir, keeping(dir)), { exclude: ["perl", "absent1"] }));
    const status = readFileSync(join(dir, "status"), "utf8");
    expect(status.match(/^(Package|Version|Status|Depends|Provides): .*$/gm)).toEqual([
      "Package: usr-is-merged",
      "Version: 1.0",
      "Provides: usr-is-merged-api",
      "Status: install ok installed",
      "Package: perl",
      "Version: 1.0",
      "Provides: perl-api",
      "Status: install ok installed",
    ]);
  });

  test("takes the machine's C library for installed, in the machine's version", async () => {
    const dir = scratch();
    await pack(dir, "hello", { "usr/bin/hello": "" });
    await debianTree(order(debianMachine(dir, keeping(dir)), { libc: "machine" }));
    expect(readFileSync(join(dir, "status"), "utf8")).toContain("Package: libc6\nVersion: 2.36-9\n");
  });

  test("prefers what is taken for installed to everything that the archives offer", async () => {
    const dir = scratch();
    await pack(dir, "hello", { "usr/bin/hello": "" });
    await debianTree(
      order(debianMachine(dir, `${keeping(dir)}; cp "${dir}/cache/apt/preferences" "${dir}"`)),
    );
    expect(readFileSync(join(dir, "apt.conf"), "utf8")).toContain(
      `Dir::Etc::preferences "${dir}/cache/apt/preferences";`,
    );
    expect(readFileSync(join(dir, "preferences"), "utf8")).toBe(
      "Package: *\nPin: release a=now\nPin-Priority: 1001\n",
    );
  });
});

describe("programs to run on this machine", () => {
  const programs = { hello: "usr/lib/hello/*/bin/hello" };

  test("find their libraries and settings, also in a copy of their folder", async () => {
    const dir = scratch();
    await pack(dir, "hello", {
      "usr/lib/hello/3/bin/hello": 'echo "$LD_LIBRARY_PATH $PLUGINS $*"',
      "usr/lib/x86_64-linux-gnu/libhello.so": "",
      "usr/share/plugins/one": "",
    });
    const tree = await debianTree(
      order(debianMachine(dir), {
        libc: "machine",
        run: { programs, paths: { PLUGINS: "usr/share/plug*" } },
      }),
    );
    const folder = join(tree.root, "..");
    expect(tree.programs).toEqual({ hello: join(folder, "bin", "hello") });
    const copy = join(dir, "a copy");
    await run("cp", ["-R", folder, copy]);
    for (const place of [folder, copy]) {
      const { lines } = await run(join(place, "bin/hello"), ["a b"], { env: { PATH: "/usr/bin:/bin" } });
      const root = join(place, "root");
      expect(lines).toEqual([
        `${root}/usr/lib/x86_64-linux-gnu:${root}/usr/lib ${root}/usr/share/plugins a b`,
      ]);
    }
    const { lines } = await run(tree.programs.hello ?? "", [], {
      env: { PATH: "/usr/bin:/bin", LD_LIBRARY_PATH: "/own" },
    });
    expect(lines[0]).toMatch(/root\/usr\/lib:\/own /);
  });

  test("that no package brings are an error, and no tree is left", async () => {
    const dir = scratch();
    await pack(dir, "hello", { "usr/bin/hello": "" });
    await expect(
      debianTree(order(debianMachine(dir), { libc: "machine", run: { programs } })),
    ).rejects.toThrow("The packages bring no usr/lib/hello/*/bin/hello");
    expect(existsSync(join(dir, "cache/tools"))).toBe(false);
  });

  test("need the machine's C library", async () => {
    await expect(debianTree(order(debianMachine(scratch()), { run: { programs } }))).rejects.toThrow(
      'Programs of some can only run on this machine with libc: "machine"',
    );
  });
});

describe("what a person is told", () => {
  test.each([
    ["E: Unable to locate package hello", /package sources \(.*\) do not have it/],
    ["E: You don't have enough free space in /x/.", /Free some space/],
    [
      " a : Depends: b (>= 2) but 1 is to be installed\nE: Unable to correct problems, you have held broken packages.",
      /keep to one release/,
    ],
    ["E: Failed to fetch http://x  Hash Sum mismatch", /Do not go on/],
    ["E: Failed to fetch http://x  Could not resolve 'x'", /can be reached \(apt-get update\)/],
  ])("apt that says: %s", async (said, advice) => {
    const dir = scratch();
    const failing = `echo "${said}" >&2; exit 100`;
    const problem = await debianTree(order(debianMachine(dir, failing))).catch(
      (error: Error) => error.message,
    );
    expect(problem).toMatch(/^fetching hello failed: exit code 100\n {2}/);
    expect(problem).toContain(said.split("\n").at(-1)?.trim());
    expect(problem).toMatch(advice);
    expect(readdirSync(join(dir, "cache"))).toEqual(["apt"]);
  });

  test("a machine without apt", async () => {
    const dir = scratch();
    const machine = debianMachine(dir);
    await expect(debianTree(order({ ...machine, env: { PATH: join(dir, "none") } }))).rejects.toThrow(
      "apt-get, apt-cache, apt-config, dpkg-deb, dpkg-query, tar are not on PATH\nDebian packages can be had on Debian and Ubuntu only",
    );
  });

  test("an archive that breaks off", async () => {
    const dir = scratch();
    mkdirSync(join(dir, "pool"));
    writeFileSync(join(dir, "pool", "hello_1.0_all.deb"), "x".repeat(600));
    await expect(debianTree(order(debianMachine(dir)))).rejects.toThrow(
      /^unpacking \S+hello_1\.0_all\.deb failed: exit/,
    );
    expect(existsSync(join(dir, "cache/tools"))).toBe(false);
  });

  test("a name that cannot name a folder", async () => {
    await expect(debianTree(order(debianMachine(scratch()), { set: "../x" }))).rejects.toThrow(
      '"../x" cannot name a set of packages',
    );
  });
});

test("no program of a tree runs as somebody else than who starts it", async () => {
  const dir = scratch();
  await pack(dir, "hello", { "usr/bin/su": "" });
  await run("chmod", ["6755", join(dir, "packing/hello/usr/bin/su")]);
  await run("tar", ["-cf", join(dir, "pool/hello_1.0_all.deb"), "-C", join(dir, "packing/hello"), "."]);
  const { root } = await debianTree(order(debianMachine(dir)));
  expect(lstatSync(join(root, "usr/bin/su")).mode & 0o7777).toBe(0o755);
});

test("an interrupted order leaves no tree and no lock", async () => {
  const dir = scratch();
  const controller = new AbortController();
  const machine = debianMachine(dir, `exec sleep 60`);
  const report = {
    ...recorder(),
    step: () => setImmediate(() => controller.abort(new Error("interrupted"))),
  };
  await expect(debianTree(order(machine, { report, signal: controller.signal }))).rejects.toThrow(
    "interrupted",
  );
  expect(readdirSync(join(dir, "cache"))).toEqual(["apt"]);
});
