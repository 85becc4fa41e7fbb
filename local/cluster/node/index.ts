/** The real node of a local cluster, from the machine's side. */
import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { writeWhole } from "../../files.ts";
import type { Report } from "../../report.ts";
import { type Admin, call } from "../api.ts";
import { type ClusterFiles, type ClusterRecord, logFile, ownershipOf } from "../files.ts";
import { tailOf } from "../launch.ts";
import { freePort } from "../ports.ts";
import { insideNode, ownProcesses } from "../processes.ts";
import { gatewayService, type NodeRole, region, serviceRange } from "../settings.ts";
import { makeGroups, removeGroups } from "./cgroups.ts";
import { dnsManifest, dnsPodPath } from "./dns.ts";
import { importImages, pauseImage } from "./import.ts";
import { chooseLine, homeLine, identityOf, type Line, layLine, removeLine, usedRanges } from "./link.ts";
import {
  inside,
  type NodeConfig,
  type NodeIdentity,
  type NodeImage,
  type NodeTools,
  realNode,
} from "./settings.ts";

/** Milliseconds for the node to become ready. */
const patience = 120_000;

/** A real node that did not come up, with the log that says why. */
export class NodeError extends Error {
  override readonly name = "NodeError";
}

/** Where the line to the node runs: as before where that is still possible, over other addresses otherwise. */
export async function planLine(
  files: ClusterFiles,
  tools: NodeTools,
  before: ClusterRecord["node"],
): Promise<Line> {
  return chooseLine(await usedRanges(tools.bin), before ?? homeLine(identityOf(files.dir)));
}

/**
 * Who the node is, with the port that it had before if that is free.
 * @param line from `planLine`
 */
export async function identify(
  files: ClusterFiles,
  line: Line,
  before: ClusterRecord["node"],
): Promise<NodeIdentity> {
  const gatewayPort = await freePort(before?.gatewayPort);
  return { id: before?.id ?? identityOf(files.dir), ...line, gatewayPort };
}

export interface NodeArgs {
  readonly files: ClusterFiles;
  readonly identity: NodeIdentity;
  readonly tools: NodeTools;
  readonly images: readonly NodeImage[];
  readonly admin: Admin;
  /** Port of the API server on 127.0.0.1. */
  readonly apiPort: number;
  readonly report: Report;
  readonly signal: AbortSignal;
}

/**
 * Starts the node's programs over whatever files of it there are, and waits until it is ready. On failure the processes
 * are left to the caller, who ends all of the cluster.
 * @returns references whose content differs from what the node had under the same name
 * @throws NodeError
 */
export async function startNode(args: NodeArgs): Promise<string[]> {
  const { files, identity, tools, apiPort, report } = args;
  const begun = new Date();
  const config: NodeConfig = {
    ...identity,
    home: files.node,
    tools,
    apiPort,
    serviceRange,
    gatewayService,
    pki: files.pki,
    region,
  };
  rmSync(join(files.node, "logs"), { recursive: true, force: true });
  mkdirSync(join(files.node, "logs"), { recursive: true, mode: 0o700 });
  writeWhole(files.nodeConfig, JSON.stringify(config, undefined, 2));
  makeGroups(identity.id);
  report.detail("starting the real node");
  startProgram("node", files, [
    "unshare",
    ...["--mount", "--net", "--pid", "--fork", "--mount-proc", "--propagation", "private", "--kill-child"],
    // The first process of the namespace collects those whose parents have ended, which Node.js would not.
    ...["sh", "-c", '"$@" & wait "$!"', "sh"],
    ...program("supervise.ts", files),
  ]);
  const starting = { started: ["node"], otherwise: "The real node did not start" } as const;
  const pid = await until(args, starting, async () => insideNode(await own(files))?.pid);
  await layLine({ bin: tools.bin, ...identity, pid });
  startProgram("relay", files, program("relay.ts", files));
  const changed = await bringImages(args, pid).catch(async (error: unknown) => {
    // A call into a node that is no more fails with what tells nobody why.
    throw (await endOf(["node"], files)) ?? error;
  });
  const waiting = { started: ["node", "relay"], otherwise: "The real node did not become ready" } as const;
  await until(args, waiting, async () => ((await isNodeReady(args.admin, begun)) ? true : undefined));
  const naming = { started: ["node", "relay"], otherwise: "DNS of the real node did not start" } as const;
  await until(args, naming, async () => ((await isDnsReady(args.admin, begun)) ? true : undefined));
  return changed;
}

const own = (files: ClusterFiles) => ownProcesses(ownershipOf(files, undefined));

const program = (name: string, files: ClusterFiles) => [
  process.execPath,
  fileURLToPath(new URL(name, import.meta.url)),
  files.nodeConfig,
];

/** Starts a program that outlives this command. */
function startProgram(role: NodeRole, files: ClusterFiles, argv: readonly string[]): void {
  const log = openSync(logFile(files, role), "a", 0o600);
  const child = spawn(argv[0] ?? "", argv.slice(1), {
    cwd: "/",
    env: { PATH: process.env.PATH },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  // What could not be started is missed by who waits for it.
  child.once("error", () => {});
  child.unref();
}

/**
 * Waits until `probe` gives something, while the programs live that have been started.
 * @throws NodeError
 */
async function until<T>(
  { files, signal }: NodeArgs,
  args: { readonly started: readonly NodeRole[]; readonly otherwise: string },
  probe: () => Promise<T | undefined>,
): Promise<T> {
  for (const deadline = Date.now() + patience; ; await delay(50, undefined, { signal })) {
    const found = await probe();
    if (found !== undefined) return found;
    const ended = await endOf(args.started, files);
    if (ended) throw ended;
    if (Date.now() > deadline)
      throw nodeError(`${args.otherwise} within ${patience / 1000} s.`, files, "node");
  }
}

/** The error that one of these programs has ended; nothing while all live. */
async function endOf(started: readonly NodeRole[], files: ClusterFiles): Promise<NodeError | undefined> {
  const roles = (await own(files)).map(({ role }) => role);
  const ended = started.find((role) => !roles.includes(role));
  return ended && nodeError(`The ${ended} of the local cluster ended while it started.`, files, ended);
}

function nodeError(what: string, files: ClusterFiles, role: NodeRole): NodeError {
  const log = logFile(files, role);
  const tail = tailOf(readFileSync(log, "utf8")) || "(empty)";
  return new NodeError(
    `${what}\nThe end of its log (${log}):\n${tail.replace(/^/gm, "  ")}\n` +
      `Logs of its programs: ${join(files.node, "logs")}. Without a real node: IOT_VERIFICATION_CLUSTER=simulated`,
  );
}

interface NodeObject {
  readonly status?: {
    readonly conditions?: readonly { type: string; status: string; lastHeartbeatTime: string }[];
  };
}

/** Whether the node has said that it is ready since a time; what it said before its restart is still there. */
async function isNodeReady(admin: Admin, since: Date): Promise<boolean> {
  const { status, body } = await call(admin, { method: "GET", path: `/api/v1/nodes/${realNode.name}` });
  if (status !== 200) return false;
  const node = JSON.parse(body) as NodeObject;
  const ready = node.status?.conditions?.find(({ type }) => type === "Ready");
  // Kubernetes gives times in whole seconds.
  const spoken = ready !== undefined && Date.parse(ready.lastHeartbeatTime) + 1000 > since.getTime();
  return spoken && ready.status === "True";
}

interface PodObject {
  readonly status?: {
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly state: { readonly running?: { readonly startedAt: string } };
    }[];
  };
}

/** Whether the program that answers for names has started since a time, and is ready. */
async function isDnsReady(admin: Admin, since: Date): Promise<boolean> {
  const { status, body } = await call(admin, { method: "GET", path: dnsPodPath(realNode.name) });
  if (status !== 200) return false;
  const [container] = (JSON.parse(body) as PodObject).status?.containerStatuses ?? [];
  const started = Date.parse(container?.state.running?.startedAt ?? "");
  // Kubernetes gives times in whole seconds.
  return container?.ready === true && started + 1000 > since.getTime();
}

/**
 * Imports the images of pods, and then has the kubelet run the node's own pod.
 * @returns references whose content differs from what the node had under the same name
 */
async function bringImages(args: NodeArgs, pid: number): Promise<string[]> {
  const { files, tools, images, report, signal } = args;
  const socket = `/proc/${pid}/root${inside.containerdSocket}`;
  const waiting = { started: ["node"], otherwise: "containerd did not start" } as const;
  await until(args, waiting, async () => (existsSync(socket) ? true : undefined));
  const home = files.node;
  const pause = await pauseImage({ pause: tools.pause, home, signal });
  const changed = await importImages({
    images: [pause, ...images],
    home,
    bin: tools.bin,
    pid,
    signal,
    onImport: ({ reference }) => report.detail(`importing ${reference}`),
  });
  writeWhole(join(home, "manifests", "coredns.yaml"), dnsManifest(tools.coredns));
  return changed;
}

/**
 * Gives a running node the images of the command that looks at it now.
 * @returns references whose content differs from what the node had under the same name
 */
export async function refreshImages(args: NodeArgs): Promise<string[]> {
  const pid = insideNode(await own(args.files))?.pid;
  return pid === undefined ? [] : await bringImages(args, pid);
}

/** Removes what the node leaves outside its folder and its namespaces, once its processes have ended. */
export async function removeTraces(files: ClusterFiles, id: string): Promise<void> {
  if (process.platform !== "linux") return;
  await removeGroups(id);
  await removeLine(id, binsOf(files));
}

/** Where the node's programs are, as far as can be told. */
function binsOf(files: ClusterFiles): string[] {
  try {
    return [(JSON.parse(readFileSync(files.nodeConfig, "utf8")) as NodeConfig).tools.bin];
  } catch {
    return [];
  }
}
