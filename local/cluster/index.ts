import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { writeWhole } from "../files.ts";
import { takeLock } from "../lock.ts";
import type { Report } from "../report.ts";
import { interruptible } from "../toolchain/interrupt.ts";
import { type Admin, call, isReady, readAdmin } from "./api.ts";
import { loadDelays } from "./delays.ts";
import {
  type ClusterFiles,
  type ClusterRecord,
  clusterFiles,
  ownershipOf,
  readRecord,
  removeFiles,
  writeRecord,
} from "./files.ts";
import { buildKubeconfig } from "./kubeconfig.ts";
import { LaunchError, launch } from "./launch.ts";
import { areFree, choosePorts } from "./ports.ts";
import { endProcesses, ownProcesses } from "./processes.ts";
import {
  type ClusterTools,
  components,
  initialObjects,
  kwokctlDocuments,
  nodes,
  type Ports,
} from "./settings.ts";
import { buildStages, type Stage } from "./stages.ts";

export type { ClusterTools } from "./settings.ts";
export { storageClasses } from "./settings.ts";

/** A running local cluster. */
export interface Cluster {
  readonly name: string;
  /** A kubeconfig of one context, in the state folder; readable by its owner only. */
  readonly kubeconfig: string;
  readonly context: string;
  /** URL of the API server, on 127.0.0.1. */
  readonly server: string;
  /** Every change that was asked of the API server, one JSON object a line (audit.k8s.io/v1 Event). */
  readonly auditLog: string;
  /** It was made by this call, and is empty: what an earlier cluster of this name held is gone. */
  readonly fresh: boolean;
}

export interface ClusterArgs {
  /** Folder of the stack's local state; the cluster is its subfolder `cluster`. */
  readonly stateDir: string;
  readonly name: string;
  readonly tools: ClusterTools;
  readonly report: Report;
}

export interface StartArgs extends ClusterArgs {
  /** Multiplies all start-up delays of pods and volumes. @default 1, like a real cluster */
  readonly delayScale?: number;
}

/** Milliseconds for the API server to become ready, and as many for the nodes. Slow machines need half a minute. */
const patience = 120_000;
const maxLaunches = 5;

interface Plan extends StartArgs {
  /** Aborts when the person at the keyboard interrupts the start. */
  readonly signal: AbortSignal;
  readonly files: ClusterFiles;
  readonly stages: readonly Stage[];
  readonly fingerprint: string;
}

function planOf(args: StartArgs, files: ClusterFiles, signal: AbortSignal): Plan {
  const stages = buildStages({ delays: loadDelays(), scale: args.delayScale ?? 1 });
  const documents = kwokctlDocuments({
    tools: args.tools,
    ports: {} as Ports,
    auditPolicyFile: "",
    auditLog: "",
  });
  const text = JSON.stringify([documents, stages, initialObjects(process)]);
  return { ...args, signal, files, stages, fingerprint: createHash("sha256").update(text).digest("hex") };
}

const describe = (files: ClusterFiles, admin: Admin, fresh: boolean): Cluster => ({
  name: files.name,
  kubeconfig: files.kubeconfig,
  context: files.name,
  server: admin.server,
  auditLog: files.auditLog,
  fresh,
});

/** Creates or updates the objects that every cluster starts with, and waits for the nodes. */
async function furnish(admin: Admin, { report, signal }: Plan): Promise<void> {
  const query = "fieldManager=local-cluster&force=true";
  const apply = async (path: string, body: unknown) => {
    const answer = await call(admin, {
      method: "PATCH",
      path: `${path}?${query}`,
      body,
      contentType: "application/apply-patch+yaml",
    });
    if (answer.status >= 300)
      throw new Error(`The API server refused ${path} (${answer.status}): ${answer.body}`);
  };
  await Promise.all(
    initialObjects(process).map(async ({ collection, object }) => {
      const path = `${collection}/${object.metadata.name}`;
      await apply(path, object);
      if ("status" in object) await apply(`${path}/status`, object);
    }),
  );
  report.detail("waiting for the nodes");
  const deadline = Date.now() + patience;
  while (!(await nodesReady(admin))) {
    if (Date.now() > deadline)
      throw new Error(`The nodes of the local cluster were not ready after ${patience / 1000} s.`);
    await delay(50, undefined, { signal });
  }
}

interface NodeList {
  readonly items: readonly {
    readonly spec: { readonly taints?: readonly unknown[] };
    readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
  }[];
}

async function nodesReady(admin: Admin): Promise<boolean> {
  const list = JSON.parse((await call(admin, { method: "GET", path: "/api/v1/nodes" })).body) as NodeList;
  const ready = list.items.filter(
    ({ spec, status }) =>
      !spec.taints?.length &&
      status.conditions?.some(({ type, status: value }) => type === "Ready" && value === "True"),
  );
  const account = { method: "GET", path: "/api/v1/namespaces/default/serviceaccounts/default" };
  return ready.length >= nodes.length && (await call(admin, account)).status === 200;
}

/** Starts the components, with other ports when one was taken meanwhile and once more when one merely ended. */
async function launchPersistently(plan: Plan, preferred: Ports | undefined) {
  const { files, tools, stages, report, signal } = plan;
  let ports = preferred && (await areFree(preferred)) ? preferred : await choosePorts();
  let otherFailures = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      return { ports, ...(await launch({ files, tools, stages, ports, timeout: patience, signal })) };
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof LaunchError) || attempt === maxLaunches) throw error;
      if (!error.portTaken && ++otherFailures > 1) throw error;
      report.detail(
        error.portTaken ? "a port was taken meanwhile; trying others" : "it did not start; once more",
      );
      ports = await choosePorts();
    }
  }
}

/** Brings the cluster up over whatever data there is, and notes it as finished. */
async function bringUp(plan: Plan, record: ClusterRecord | undefined): Promise<Cluster> {
  const { files, name, fingerprint } = plan;
  mkdirSync(files.dir, { recursive: true, mode: 0o700 });
  const { ports, admin } = await launchPersistently(plan, record?.ports);
  await furnish(admin, plan);
  const processes = await ownProcesses(ownershipOf(files, undefined));
  writeWhole(files.kubeconfig, buildKubeconfig({ name, admin }));
  writeRecord(files, {
    name,
    fingerprint,
    ports,
    processes: processes.map(({ pid, started }) => ({ pid, started })),
  });
  return describe(files, admin, record === undefined);
}

/** Why a finished cluster cannot be used as it is; nothing when it can. */
async function complaint(plan: Plan, record: ClusterRecord, admin: Admin): Promise<string | undefined> {
  const alive = new Set((await ownProcesses(ownershipOf(plan.files, record))).map(({ role }) => role));
  const dead = components.filter((component) => !alive.has(component));
  if (dead.length === components.length) return "it does not run";
  if (dead.length > 0) return `${dead.join(", ")} ended`;
  if (record.fingerprint !== plan.fingerprint) return "its tools or settings have changed";
  const deadline = Date.now() + 10_000;
  while (!(await isReady(admin))) {
    if (Date.now() > deadline) return "its API server does not answer";
    await delay(200);
  }
  return undefined;
}

async function remake(plan: Plan, record: ClusterRecord | undefined): Promise<Cluster> {
  await endProcesses(ownershipOf(plan.files, record), { gentle: false });
  removeFiles(plan.files);
  return await bringUp(plan, undefined);
}

function adminOf(files: ClusterFiles, record: ClusterRecord): Admin | undefined {
  try {
    return readAdmin({ pki: `${files.home}/pki`, port: record.ports.kubeApiserverPort });
  } catch {
    return undefined;
  }
}

async function startLocked(plan: Plan): Promise<Cluster> {
  const { files, name, report } = plan;
  const record = readRecord(files);
  const admin = record && adminOf(files, record);
  if (!record || !admin || record.name !== name) {
    if (existsSync(files.dir)) report.step("A local cluster was left half-made: making it anew.");
    report.step(`Starting the local cluster ${name}.`);
    return await remake(plan, record);
  }
  const reason = await complaint(plan, record, admin);
  if (reason === undefined) return describe(files, admin, false);
  report.step(`Restarting the local cluster ${name}, as ${reason}; its objects are kept.`);
  try {
    await endProcesses(ownershipOf(files, record), { gentle: true });
    return await bringUp(plan, record);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    report.step(
      `${error.message}\nThe local cluster cannot be restarted: making it anew. Its objects are lost.`,
    );
    return await remake(plan, record);
  }
}

/** Runs `action` while no other command changes the same cluster. */
async function alone<T>(
  { files, report, signal }: { files: ClusterFiles; report: Report; signal?: AbortSignal },
  action: () => Promise<T>,
): Promise<T> {
  const release = await takeLock(files.lock, {
    ...(signal && { signal }),
    pollMs: 100,
    onWait: ({ pid }) => report.step(`Waiting for process ${pid}, which is changing the local cluster.`),
  });
  try {
    return await action();
  } finally {
    await release();
  }
}

function withAdvice(error: unknown, files: ClusterFiles): unknown {
  if (!(error instanceof LaunchError)) return error;
  const advice = `If the log does not tell what to change, run \`npm run down\` and start again. Logs: ${files.home}/logs`;
  return new Error(`${error.message}\n${advice}`, { cause: error });
}

/**
 * Makes sure that the cluster runs: returned when it does, restarted over its data when processes have died or the
 * settings have changed, made anew when it was left half-made or its data cannot be read. Interrupted, it ends what
 * it has started, and then this process.
 * @throws Error with the end of the failing component's log
 */
export async function startCluster(args: StartArgs): Promise<Cluster> {
  const files = clusterFiles(args);
  const { report } = args;
  return await interruptible((signal) =>
    alone({ files, report, signal }, async () => {
      try {
        return await startLocked(planOf(args, files, signal));
      } catch (error) {
        if (!signal.aborted) throw withAdvice(error, files);
        report.step("Interrupted: ending what was started of the local cluster.");
        await endProcesses(ownershipOf(files, readRecord(files)), { gentle: true });
        throw signal.reason;
      }
    }),
  );
}

/**
 * Ends every process of the cluster and removes its files, whatever state it is in; the processes also when the files
 * are gone already. Returns whether a process of it ran.
 */
export async function stopCluster(args: Omit<ClusterArgs, "tools">): Promise<boolean> {
  const files = clusterFiles(args);
  const { report } = args;
  const end = () => endProcesses(ownershipOf(files, readRecord(files)), { gentle: false });
  if (!existsSync(files.stateDir)) return await end();
  const ran = await alone({ files, report }, async () => {
    const ended = await end();
    removeFiles(files);
    return ended;
  });
  try {
    rmdirSync(files.stateDir);
  } catch {
    // Other things of the stack are in it.
  }
  return ran;
}
