import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { root } from "../../local/paths.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "child-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a process that starts a shell script, away from any terminal and in a process group of its own. */
function startParent(script: string): ChildProcess {
  const program = join(folder, "program");
  writeFileSync(program, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const source = `
    import { startProgram } from ${JSON.stringify(join(root, "local", "child.ts"))};
    process.exitCode = await startProgram(${JSON.stringify(program)}, [], { stdio: "inherit" }).ended;`;
  const argv = ["--input-type=module", "--eval", source];
  return spawn(process.execPath, argv, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
}

const firstWords = (child: ChildProcess) =>
  new Promise<string>((resolve) => child.stdout?.once("data", (data) => resolve(String(data).trim())));
const codeOf = (child: ChildProcess) => new Promise((resolve) => child.once("close", resolve));

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT" && process.platform !== "linux";
  }
}

describe("a program away from any terminal", () => {
  it("gets one signal, however many copies arrive, and its exit code is returned", async () => {
    const counting =
      "n=0; trap 'n=$((n+1))' INT; echo ready; for i in 1 2 3 4 5 6 7 8; do sleep 0.1; done; exit $n";
    const parent = startParent(counting);
    await firstWords(parent);
    const code = codeOf(parent);
    process.kill(-(parent.pid ?? 0), "SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 100));
    process.kill(parent.pid ?? 0, "SIGINT");
    expect(await code).toBe(1);
  });

  it("ends with the process that started it, even when that is killed", async () => {
    const parent = startParent("echo $$; while :; do sleep 0.1; done");
    const pid = Number(await firstWords(parent));
    expect(isAlive(pid)).toBe(true);
    process.kill(parent.pid ?? 0, "SIGKILL");
    await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
  });
});
