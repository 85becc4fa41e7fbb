import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterFiles } from "../../local/cluster/files.ts";
import { nodeObstacle } from "../../local/cluster/form.ts";
import { type Form, type NodeImage, startCluster, stopCluster } from "../../local/cluster/index.ts";
import { insideNode } from "../../local/cluster/processes.ts";
import { listProcesses, type ProcessInfo } from "../../local/processes.ts";
import { eventually, inhabitantsOf, isGone, NodeRig, type Place, processesOf } from "./cluster-node-rig.ts";

const obstacle = await nodeObstacle();
if (obstacle) test("nothing runs here, and it is said why", () => expect(obstacle).toMatch(/\S/));
else describe("the creation of a cluster with a real node", creationTests);

function creationTests() {
  let rig: NodeRig;
  let images: NodeImage[];

  beforeAll(async () => {
    rig = await NodeRig.make();
    images = [await rig.image("one"), await rig.image("one", "registry.example/other:1")];
  });

  afterAll(() => rig.remove());

  const helper = `
const [module, json] = process.argv.slice(1);
const { startCluster } = await import(module);
await startCluster({ ...JSON.parse(json), report: { step() {}, detail() {} } });
`;

  /** Starts a cluster in another process, and sends that a signal at a moment. */
  async function cutOff(of: Place, when: () => unknown, signal: NodeJS.Signals) {
    const module = new URL("../../local/cluster/index.ts", import.meta.url).href;
    const json = JSON.stringify({
      stateDir: of.stateDir,
      name: of.name,
      tools: rig.tools,
      form: rig.form(images),
    });
    const creation = spawn(process.execPath, ["--input-type=module", "-e", helper, module, json], {
      stdio: "ignore",
    });
    await eventually("the moment", async () => ((await when()) ? true : undefined));
    creation.kill(signal);
    return await once(creation, "exit");
  }

  const moments = {
    "it imported images": async () =>
      (await listProcesses()).some(({ commandLine }) => / images import .*server-/.test(commandLine)),
    "its control plane ran": async (of: Place) =>
      (await processesOf(of)).some(({ role }) => role === "kwok-controller"),
    "its node had begun": async (of: Place) => insideNode(await processesOf(of)),
    "its relay ran": async (of: Place) => (await processesOf(of)).some(({ role }) => role === "relay"),
    "its images were there": (of: Place) => existsSync(join(clusterFiles(of).node, "images.json")),
  };

  test.each(Object.entries(moments))(
    "a creation killed when %s leaves nothing after it is stopped",
    async (_, when) => {
      const other = rig.place("killed");
      const beside = rig.traces();
      expect(await cutOff(other, () => when(other), "SIGKILL")).toEqual([null, "SIGKILL"]);
      const inhabitants = inhabitantsOf(await processesOf(other));
      expect(await stopCluster(other)).toBe(true);
      expect(inhabitants.filter((pid) => !isGone(pid))).toEqual([]);
      // Nor a program that the creation had called.
      const isImport = ({ commandLine }: ProcessInfo) => commandLine.includes(join(rig.root, "images"));
      await eventually(
        "the end of imports",
        async () => !(await listProcesses()).some(isImport) || undefined,
      );
      expect(rig.leftSince(beside)).toEqual([]);
      expect(existsSync(other.stateDir)).toBe(false);
    },
  );

  test("an interrupted creation ends what it has started; the next one makes the cluster anew", async () => {
    const other = rig.place("interrupted");
    const beside = rig.traces();
    for (const when of Object.values(moments)) {
      expect(await cutOff(other, () => when(other), "SIGINT")).toEqual([null, "SIGINT"]);
      expect(await processesOf(other)).toEqual([]);
      expect(rig.leftSince(beside)).toEqual([]);
    }
    expect((await startCluster({ ...other, tools: rig.tools, form: rig.form(images) })).fresh).toBe(true);
    await stopCluster(other);
  });

  test("a cluster whose folder was deleted while it ran is ended without a trace", async () => {
    const other = rig.place("deleted", "deleted/state");
    const beside = rig.traces();
    await startCluster({ ...other, tools: rig.tools, form: rig.form(images) });
    // Its programs go on writing meanwhile.
    rmSync(join(rig.root, "deleted"), { recursive: true, maxRetries: 20, retryDelay: 50 });
    expect(await stopCluster(other)).toBe(true);
    expect(rig.leftSince(beside)).toEqual([]);
    expect(existsSync(join(rig.root, "deleted"))).toBe(false);
  });

  test("a program that cannot run is named, and nothing is left running", async () => {
    const other = rig.place("broken");
    const broken: Form = { name: "node", tools: { ...rig.node, kubelet: "/bin/false" }, images };
    const beside = rig.traces();
    await expect(startCluster({ ...other, tools: rig.tools, form: broken })).rejects.toThrow(
      /^The node of the local cluster ended while it started\.\nThe end of its log .*\n( {2}kubelet ended \(1\)\n)+/,
    );
    expect(rig.leftSince(beside)).toEqual([]);
    await stopCluster(other);
  });
}
