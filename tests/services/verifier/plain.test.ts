import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { engines } from "../../../services/verifier/engines.ts";
import { groupMemory } from "../../../services/verifier/job/group-memory.ts";
import { Tail } from "../../../services/verifier/job/tail.ts";
import { throttled } from "../../../services/verifier/throttle.ts";
import { findEngines } from "../../../services/verifier/versions.ts";

describe("what Z3 says", () => {
  const meaning = (said: string) => engines.z3.givesUp.find(({ pattern }) => pattern.test(said))?.code;

  it.each([
    ["timeout\n", "timeout"],
    ['\n(error "out of memory")\n', "memory"],
    ['(error "line 1 column 9: unknown constant x")\nsat\n', "failed"],
    ['unsat\n(error "line 7 column 10: model is not available")\n', undefined],
    ["sat\n((x 1))\n", undefined],
    ["unknown\n", undefined],
  ])("%j means %s", (said, code) => {
    expect(meaning(said)).toBe(code);
  });

  it("is asked with limits of its own", () => {
    expect(engines.z3.args({ seconds: 7, mebibytes: 100 })).toEqual(["-in", "-T:7", "-memory:100"]);
  });
});

describe("the engines of an image", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "iot-engines-"));
  });
  beforeEach(() => vi.stubEnv("PATH", folder));
  afterAll(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  });

  it("may lack one that is not needed", async () => {
    expect(await findEngines([], () => "5.4.1")).toEqual([
      { name: "z3", version: undefined, problem: undefined },
    ]);
  });

  it("must have one that is needed", async () => {
    expect(await findEngines(["z3"], () => "5.4.1")).toEqual([
      { name: "z3", version: undefined, problem: "Z3 5.4.1 (Z3_VERSION): the image carries none" },
    ]);
  });

  it.each([
    ["5.4.1", "echo 'Z3 version 5.4.1 - 64 bit'", "5.4.1", undefined],
    ["5.4", "echo 'Z3 version 5.4.1 - 64 bit'", "5.4.1", "Z3 5.4 (Z3_VERSION): the image carries 5.4.1"],
    [
      "5.4.1",
      "echo hello",
      'one that says "hello"',
      'Z3 5.4.1 (Z3_VERSION): the image carries one that says "hello"',
    ],
  ])("must be of version %s: %s", async (configured, script, version, problem) => {
    writeFileSync(join(folder, "z3"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "z3"), 0o755);
    expect(await findEngines([], () => configured)).toEqual([{ name: "z3", version, problem }]);
    rmSync(join(folder, "z3"));
  });
});

describe("a throttle", () => {
  it("passes the first at once, then the latest of each interval, and the last in the end", () => {
    vi.useFakeTimers();
    const passed: number[] = [];
    const { push, end } = throttled((item: number) => passed.push(item), 100);
    push(1);
    push(2);
    push(3);
    expect(passed).toEqual([1]);
    vi.advanceTimersByTime(100);
    expect(passed).toEqual([1, 3]);
    vi.advanceTimersByTime(100);
    push(4);
    push(5);
    end();
    vi.advanceTimersByTime(1000);
    expect(passed).toEqual([1, 3, 4, 5]);
    vi.useRealTimers();
  });
});

describe("the memory of a process group", () => {
  it("is nothing where there is no such group", () => {
    expect(groupMemory(2 ** 30)).toBe(0);
  });
});

describe("a tail", () => {
  it("keeps the end", () => {
    const tail = new Tail();
    for (let i = 0; i < 100; i++) tail.add(Buffer.from("x".repeat(1000)));
    tail.add(Buffer.from("the end"));
    expect(tail.text()).toHaveLength(16 * 1024);
    expect(tail.text()).toMatch(/x{100}the end$/);
  });
});
