import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { type Holder, isAlive, takeLock } from "../../local/lock.ts";
import { processStart } from "../../local/processes.ts";
import { ensureTools } from "../../local/toolchain/index.ts";
import { playedMachine, playGo, recorder } from "./toolchain-machine.ts";
import { scratch } from "./toolchain-scratch.ts";

function child(...argv: string[]): ChildProcess {
  const script = join(import.meta.dirname, "toolchain-child.ts");
  const started = spawn(process.execPath, [script, ...argv], { stdio: ["pipe", "pipe", "inherit"] });
  onTestFinished(() => void started.kill("SIGKILL"));
  return started;
}

async function held(file: string): Promise<ChildProcess> {
  const holder = child("hold", file);
  await once(createInterface({ input: holder.stdout as NodeJS.ReadableStream }), "line");
  return holder;
}

test("a second process waits for the first, is told whom for, and goes on when it is done", async () => {
  const file = join(scratch(), "lock");
  const holder = await held(file);
  const waited: Holder[] = [];
  const release = await takeLock(file, {
    pollMs: 5,
    onWait(who) {
      waited.push(who);
      holder.stdin?.end();
    },
  });
  expect(waited).toMatchObject([{ pid: holder.pid, host: hostname() }]);
  await release();
  expect(existsSync(file)).toBe(false);
});

test("the lock of a killed process is taken over without a word, and nothing is left", async () => {
  const dir = scratch();
  const file = join(dir, "lock");
  const holder = await held(file);
  holder.kill("SIGKILL");
  await once(holder, "exit");
  expect(existsSync(file)).toBe(true);
  const waited: Holder[] = [];
  const release = await takeLock(file, { onWait: (who) => waited.push(who) });
  expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({ pid: process.pid });
  await release();
  expect([waited, readdirSync(dir)]).toEqual([[], []]);
});

test("waiting can be given up", async () => {
  const file = join(scratch(), "lock");
  const release = await takeLock(file);
  const controller = new AbortController();
  const second = takeLock(file, {
    signal: controller.signal,
    onWait: () => controller.abort(new Error("enough")),
  });
  await expect(second).rejects.toThrow();
  await release();
});

test("processes that fight over a dead lock hold it one at a time", async () => {
  const dir = scratch();
  const file = join(dir, "lock");
  const dead: Holder = { host: hostname(), pid: process.pid, started: "another start", token: "dead" };
  writeFileSync(file, JSON.stringify(dead));
  const exits = Array.from({ length: 5 }, () => once(child("contend", file, "25"), "exit"));
  expect(await Promise.all(exits)).toEqual(Array.from({ length: 5 }, () => [0, null]));
  expect(readdirSync(dir)).toEqual([]);
}, 30_000);

test("who is alive: the same process, not another one with its id, and whoever is on another machine", () => {
  const self = { host: hostname(), pid: process.pid, started: processStart(process.pid) ?? "", token: "" };
  expect(isAlive(self)).toBe(true);
  expect(isAlive({ ...self, started: "another start" })).toBe(false);
  expect(isAlive({ ...self, pid: 2 ** 22 + 1 })).toBe(false);
  expect(isAlive({ ...self, host: "elsewhere", pid: 2 ** 22 + 1 })).toBe(true);
});

/** A build that is under way in another process, and hangs; with the id of its compiler. */
async function hangingBuild(dir: string): Promise<{ builder: ChildProcess; compiler: number }> {
  const fifo = join(dir, "compiling");
  execFileSync("mkfifo", [fifo]);
  playGo(dir, { build: `echo $$ >"${fifo}"; exec sleep 600` });
  const builder = child("ensure", dir);
  const compiler = Number(await readFile(fifo, "utf8"));
  onTestFinished(() => {
    if (processStart(compiler)) process.kill(compiler, "SIGKILL");
  });
  return { builder, compiler };
}

test("Ctrl-C during a build ends the compiler and leaves nothing; the next run builds", async () => {
  const dir = scratch();
  const { builder, compiler } = await hangingBuild(dir);
  builder.kill("SIGINT");
  expect(await once(builder, "exit")).toEqual([null, "SIGINT"]);
  expect([undefined, "ended"]).toContain(processStart(compiler));
  expect(readdirSync(join(dir, "cache"))).toEqual([]);
  playGo(dir);
  expect((await ensureTools(["etcd"], recorder(), playedMachine(dir))).etcd.origin).toBe("built");
});

test("a killed build leaves no program; the next run takes its lock, tidies up and builds", async () => {
  const dir = scratch();
  const { builder } = await hangingBuild(dir);
  builder.kill("SIGKILL");
  await once(builder, "exit");
  expect(readdirSync(join(dir, "cache")).sort()).toEqual(["lock", "making"]);
  playGo(dir);
  const report = recorder();
  expect((await ensureTools(["etcd"], report, playedMachine(dir))).etcd.origin).toBe("built");
  expect(report.steps.some((step) => step.startsWith("Waiting"))).toBe(false);
  expect(readdirSync(join(dir, "cache"))).toEqual(["tools"]);
});
