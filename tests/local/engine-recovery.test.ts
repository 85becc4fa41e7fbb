import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkpointFile } from "../../local/engine/checkpoint.ts";
import { clearDeadLocks, StackInUseError } from "../../local/engine/dead-locks.ts";
import {
  clearInterruption,
  deployedObjects,
  openWorkspace,
  pulumi,
  recover,
  unreadyResources,
} from "../../local/engine/index.ts";
import { calls, fakeCli, folder, report, said, useFolder, workspaceArgs, write } from "./engine-fixtures.ts";

useFolder();

const stateOf = (stack: string) => ({ stateDir: join(folder, "state"), project: "proj", stack });

describe("recovery", () => {
  const lockFile = () => join(folder, "state/backend/.pulumi/locks/organization/proj/dev/id.json");
  const lock = (changes: object) =>
    write(
      lockFile(),
      JSON.stringify({
        pid: process.pid,
        username: userInfo().username,
        hostname: hostname(),
        timestamp: "2026-01-01T00:00:00Z",
        ...changes,
      }),
    );
  /** A process whose name is `pulumi`; it has the name for certain once it has said something. */
  async function spawnHolder(): Promise<ChildProcess> {
    const script = write(join(folder, "holder", "pulumi"), "#!/bin/sh\necho up; sleep 60 & wait\n", 0o755);
    const holder = spawn(script, { stdio: ["ignore", "pipe", "ignore"], detached: true });
    await once(holder.stdout, "data");
    return holder;
  }
  async function deadPid(): Promise<number> {
    const child = spawn("true");
    await new Promise((resolve) => child.once("close", resolve));
    return child.pid ?? 0;
  }

  it("removes the lock of a dead process and says so", async () => {
    lock({ pid: await deadPid() });
    write(`${lockFile()}.attrs`, "{}");
    await clearDeadLocks(stateOf("dev"), report);
    expect(existsSync(lockFile())).toBe(false);
    expect(existsSync(`${lockFile()}.attrs`)).toBe(false);
    expect(said).toEqual([
      expect.stringMatching(/^Removed the lock of a command that was killed \(.*2026-01-01/),
    ]);
  });

  it("removes the lock whose process number another program got", async () => {
    lock({ pid: process.pid });
    await clearDeadLocks(stateOf("dev"), report);
    expect(existsSync(lockFile())).toBe(false);
  });

  it("respects a live holder and names it", async () => {
    const holder = await spawnHolder();
    lock({ pid: holder.pid });
    const clear = () =>
      clearDeadLocks(stateOf("dev"), report).then(
        () => "cleared",
        (error: Error) => error.message,
      );
    expect(await clear()).toMatch(new RegExp(`in use by .*process ${holder.pid}.*kill -INT ${holder.pid}`));
    process.kill(-(holder.pid ?? 0), "SIGKILL");
    await new Promise((resolve) => holder.once("close", resolve));
    expect(await clear()).toBe("cleared");
  });

  it.each([{ hostname: "elsewhere" }, { username: "somebody" }])(
    "leaves the lock of %j alone",
    async (other) => {
      lock(other);
      const clear = clearDeadLocks(stateOf("dev"), report);
      await expect(clear).rejects.toThrow(/cannot be checked from here.*pulumi -- cancel --yes/);
      await expect(clear).rejects.toBeInstanceOf(StackInUseError);
      expect(existsSync(lockFile())).toBe(true);
    },
  );

  it("leaves the locks of other stacks alone", async () => {
    lock({ pid: await deadPid() });
    await clearDeadLocks(stateOf("prod"), report);
    expect(existsSync(lockFile())).toBe(true);
  });

  it("takes an unreadable lock for a dead one's only while no CLI lives", async () => {
    write(lockFile(), "");
    const holder = await spawnHolder();
    await expect(clearDeadLocks(stateOf("dev"), report)).rejects.toThrow(/unreadable.*process \d+/);
    process.kill(-(holder.pid ?? 0), "SIGKILL");
    await new Promise((resolve) => holder.once("close", resolve));
    expect(existsSync(lockFile())).toBe(true);
  });

  const interrupted = {
    checkpoint: {
      latest: {
        pending_operations: [{ type: "creating", resource: { urn: "urn:pulumi:dev::proj::a:b:C::name" } }],
      },
    },
  };

  it("settles interrupted operations, and adopts what exists until a deployment succeeds, and owns it afterwards", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    write(checkpointFile(workspace), JSON.stringify(interrupted));
    await recover(workspace, report);
    expect(said).toEqual([expect.stringContaining("killed while creating name")]);
    await pulumi(workspace, ["preview"]);
    fakeCli({ code: 1 });
    await pulumi(workspace, ["up", "--yes"]);
    fakeCli();
    await pulumi(workspace, ["up", "--yes"]);
    clearInterruption(workspace);
    await pulumi(workspace, ["up", "--yes"]);
    const file = join(folder, "state", "interrupted-state.json");
    expect(calls().slice(1)).toEqual([
      `dev true,true|stack export --file ${file} --non-interactive`,
      `dev true,true|stack import --file ${file} --non-interactive`,
      "dev true,true|preview",
      "dev true,true|up --yes",
      "dev true,true|up --yes",
      "dev ,true|up --yes",
    ]);
  });

  it("restores a state that was cut off from its backup", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    const file = checkpointFile(workspace);
    write(`${file}.bak`, '{"version":3}');
    write(file, '{"versi');
    write(`${file}.bak.attrs`, "");
    await recover(workspace, report);
    expect(readFileSync(file, "utf8")).toBe('{"version":3}');
    expect(existsSync(`${file}.bak.attrs`)).toBe(false);
    expect(said).toHaveLength(1);
  });

  it("names a state that is cut off and has no backup", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    write(checkpointFile(workspace), '{"versi');
    await expect(recover(workspace, report)).rejects.toThrow(
      /no good backup.*proj\/dev\.json: .*\n.*npm run down -- --stack dev --forget/,
    );
  });

  it("lists what the state has in the cluster", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    expect(deployedObjects(workspace)).toEqual([]);
    const resources = [
      { type: "pulumi:pulumi:Stack" },
      { type: "pulumi:providers:kubernetes", id: "1" },
      { type: "random:index/randomPassword:RandomPassword", id: "none" },
      { type: "kubernetes:apps/v1:Deployment", id: "space/gateway" },
    ];
    write(checkpointFile(workspace), JSON.stringify({ checkpoint: { latest: { resources } } }));
    expect(deployedObjects(workspace)).toEqual([{ kind: "Deployment", name: "space/gateway" }]);
  });

  it("lists what was awaited of operators in vain", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    const resource = (id: string, waitFor: string, initErrors?: string[]) => ({
      type: "kubernetes:example.org/v1:Thing",
      id,
      inputs: { metadata: { annotations: { "pulumi.com/waitFor": waitFor } } },
      ...(initErrors && { initErrors }),
    });
    const resources = [
      resource("space/ready", "condition=Ready"),
      resource("space/one", "condition=Ready", ["timed out"]),
      resource("all", '["condition=Ready","jsonpath={.status.x}=1"]', ["timed out"]),
      { type: "kubernetes:apps/v1:Deployment", id: "space/gateway", initErrors: ["timed out"] },
    ];
    write(checkpointFile(workspace), JSON.stringify({ checkpoint: { latest: { resources } } }));
    expect(unreadyResources(workspace)).toEqual([
      { kind: "Thing", name: "space/one", awaited: ["condition=Ready"] },
      { kind: "Thing", name: "all", awaited: ["condition=Ready", "jsonpath={.status.x}=1"] },
    ]);
  });

  it("does nothing after an orderly end", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    await recover(workspace, report);
    expect(said).toEqual([]);
    expect(calls()).toHaveLength(1);
  });
});
