import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { ensureTools } from "../../local/toolchain/index.ts";
import { progressLine } from "../../local/toolchain/progress.ts";
import type { Machine } from "../../local/toolchain/search.ts";
import type { ToolName } from "../../local/toolchain/tool-spec.ts";
import { playedMachine, playedTool, playGo, publisher, recorder, writeScript } from "./toolchain-machine.ts";
import { scratch } from "./toolchain-scratch.ts";

describe("what a person is told", () => {
  const failure = async (name: ToolName, machine: Machine) =>
    ensureTools([name], recorder(), machine).then(
      () => "no error",
      (error: Error) => error.message,
    );

  test("no Go: the tool, what was tried in order, what to install", async () => {
    const dir = scratch();
    const machine = playedMachine(dir);
    writeScript(join(dir, "path", "etcd"), playedTool("etcd", "3.3.0"));
    const env = { ...machine.env, PATH: join(dir, "path") };
    expect(await failure("etcd", { ...machine, env })).toBe(
      [
        "etcd (>=3.5.0 <3.7.0-0) cannot be had. Tried, in this order:",
        `  cache     not in ${join(dir, "cache")}`,
        `  PATH      ${join(dir, "path", "etcd")} is 3.3.0`,
        "  official  the network is unplugged",
        `  build     Go is neither on PATH nor in ${join(dir, "go")}`,
        "  by hand   put a fitting one on PATH: https://etcd.io/docs/latest/install/",
        "Install Go 1.26.0 or newer (https://go.dev/dl/), then run the command again.",
      ].join("\n"),
    );
  });

  test("no Go helps for what cannot be built: its publisher's way is named", async () => {
    const dir = scratch();
    const machine = playedMachine(dir);
    writeScript(join(dir, "path", "z3"), playedTool("z3", "4.8.12"));
    writeScript(join(dir, "path", "python3"), "echo python3: No module named pip >&2; exit 1");
    expect(await failure("z3", machine)).toBe(
      [
        "z3 (~5.4.1) cannot be had. Tried, in this order:",
        `  cache     not in ${join(dir, "cache")}`,
        `  PATH      ${join(dir, "path", "z3")} is 4.8.12`,
        "  official  pip download: exit code 1: python3: No module named pip",
        "  build     it cannot be built from Go modules",
        "  by hand   put a fitting one on PATH: https://github.com/Z3Prover/z3/releases (the package of a distribution is older)",
        "Python 3 with pip and a package index are enough for z3.",
      ].join("\n"),
    );
  });

  test("a Go too old that may not fetch a newer one", async () => {
    const dir = scratch();
    playGo(dir, { version: "1.22.2" });
    expect(await failure("etcd", playedMachine(dir))).toContain(
      "go is Go 1.22.2, needed is 1.26.0 or newer, and GOTOOLCHAIN=local forbids it to fetch a newer one",
    );
  });

  test.each([
    ["write /x: no space left on device", /the disk is full[\s\S]*Free some space/],
    ["Get URL: dial tcp: lookup proxy: no such host", /module proxy cannot be reached[\s\S]*GOPROXY/],
    ["verifying m@v1: checksum mismatch", /not the one that go\.sum names[\s\S]*Do not go on/],
    ["x.go:1:1: undefined: y", /exit code 1[\s\S]*undefined: y[\s\S]*it goes on where it stopped/],
  ])("a compiler that says: %s", async (line, expected) => {
    const dir = scratch();
    playGo(dir, { build: `echo "${line}" >&2; exit 1` });
    expect(await failure("etcd", playedMachine(dir))).toMatch(expected);
    expect(readdirSync(join(dir, "cache"))).toEqual([]);
  });

  test("a program that was built but says another version never gets its name", async () => {
    const dir = scratch();
    playGo(dir, { says: "echo etcd Version: 3.6.4" });
    expect(await failure("etcd", playedMachine(dir))).toContain(
      "etcd was built, but says it is 3.6.4; 3.6.5 was expected",
    );
    expect(readdirSync(join(dir, "cache"))).toEqual([]);
  });

  test("a publisher that breaks off is one line of the list, and the build goes on", async () => {
    const dir = scratch();
    playGo(dir);
    const report = recorder();
    const machine = playedMachine(dir, {
      ...publisher([]),
      fetchOfficial: async () => {
        throw new Error("the line broke");
      },
    });
    expect((await ensureTools(["etcd"], report, machine)).etcd.origin).toBe("built");
    expect(report.details).toContain("etcd: the line broke");
  });
});

test.each([
  [{ compiled: 3, packages: 2619, seconds: 4 }, "3 of 2619 packages, 4 s so far"],
  [
    { compiled: 512, packages: 2619, seconds: 130 },
    "512 of 2619 packages, 2 min 10 s so far, about 9 min left",
  ],
  [
    { compiled: 2500, packages: 2619, seconds: 600 },
    "2500 of 2619 packages, 10 min 0 s so far, about 29 s left",
  ],
  [{ compiled: 2619, packages: 2619, seconds: 610 }, "linking, 10 min 10 s so far"],
])("how far a build is: %o", (state, expected) => {
  expect(progressLine(state)).toBe(expected);
});
