import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { containerRuntime } from "../../local/toolchain/debian/container-runtime.ts";
import { debianTree, thisDebianMachine } from "../../local/toolchain/debian/index.ts";
import { ensureTools, thisMachine } from "../../local/toolchain/index.ts";
import { executables } from "../../local/toolchain/path.ts";
import { run } from "../../local/toolchain/process.ts";
import { recorder } from "./toolchain-machine.ts";
import { scratch } from "./toolchain-scratch.ts";

/** With an empty cache, from the real publishers: takes a network, and for Debian's packages a Debian or Ubuntu. */
const hasApt = (await executables("apt-get", process.env)).length > 0;
const order = () => ({ report: recorder(), signal: new AbortController().signal });

test.runIf(hasApt)("Redis from packages runs with their libraries, whatever the machine has", async () => {
  const machine = { ...thisDebianMachine(), cache: scratch() };
  const tree = await debianTree({
    ...order(),
    machine,
    set: "redis",
    packages: ["redis-server", "redis-tools"],
    exclude: ["adduser", "lsb-base", "sysvinit-utils"],
    libc: "machine",
    run: { programs: { "redis-server": "usr/bin/redis-server" } },
  });
  const { lines, ok } = await run(tree.programs["redis-server"] ?? "", ["--version"], {
    env: { PATH: "/usr/bin:/bin" },
  });
  expect(ok, lines.join("\n")).toBe(true);
  expect(lines[0]).toMatch(/^Redis server v=\d/);
  expect(Object.keys(tree.packages)).toContain("redis-tools");
  for (const name of ["adduser", "passwd", "perl", "libc6"])
    expect(Object.keys(tree.packages)).not.toContain(name);
  expect(readFileSync(join(machine.cache, "apt/apt.conf"), "utf8")).not.toMatch(/Post-Invoke/);
});

test.runIf(hasApt)(
  "a tree for an image has a C library of its own, which its programs run with",
  async () => {
    const machine = { ...thisDebianMachine(), cache: scratch() };
    const { root, packages } = await debianTree({
      ...order(),
      machine,
      set: "shell",
      packages: ["dash", "coreutils"],
    });
    expect(Object.keys(packages)).toEqual(expect.arrayContaining(["libc6", "dash", "coreutils"]));
    const loader =
      { x64: "lib64/ld-linux-x86-64.so.2", arm64: "lib/ld-linux-aarch64.so.1" }[process.arch as string] ?? "";
    const triplet = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[process.arch as string] ?? "";
    const argv = [
      "--library-path",
      join(root, "usr/lib", triplet),
      join(root, "bin/dash"),
      "-c",
      "echo runs",
    ];
    expect((await run(join(root, loader), argv)).lines).toEqual(["runs"]);
  },
);

test.runIf(hasApt)("the container runtime of a node", async () => {
  const machine = { ...thisDebianMachine(), cache: scratch() };
  const runtime = await containerRuntime({ ...order(), machine });
  const said = async (name: string, flag: string) =>
    (await run(join(runtime.bin, name), [flag])).lines.join(" ");
  expect(await said("containerd", "--version")).toMatch(/containerd/);
  expect(await said("containerd-shim-runc-v2", "-v")).toMatch(/Version:/);
  expect(await said("runc", "--version")).toMatch(/runc version/);
  expect(await said("nft", "--version")).toMatch(/^nftables v/);
  expect(await said("ip", "-V")).toMatch(/^ip utility/);
  expect(await said("iptables", "--version")).toMatch(/^iptables v.* \(nf_tables\)$/);
  for (const plugin of ["bridge", "host-local", "loopback", "portmap"])
    expect(statSync(join(runtime.cniPlugins, plugin)).mode & 0o111, plugin).toBe(0o111);
});

test("Z3 from its publisher", async () => {
  const machine = { ...thisMachine(), cache: scratch(), policy: "official" } as const;
  const { z3 } = await ensureTools(["z3"], recorder(), machine);
  expect(z3).toMatchObject({ version: "5.4.1", origin: "official" });
});

test("pause is of one piece, and ends when it is told to", async () => {
  const machine = { ...thisMachine(), cache: scratch(), policy: "build" } as const;
  const { pause } = await ensureTools(["pause"], recorder(), machine);
  // An interpreter is named in programs that need libraries.
  expect(readFileSync(pause.path).includes("/ld-linux")).toBe(false);
  const { ok, problem } = await run("timeout", ["-s", "TERM", "--preserve-status", "2", pause.path]);
  expect(ok, problem).toBe(true);
});
