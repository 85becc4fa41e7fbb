/** The forms of the cluster whose control plane kwokctl starts on this machine: with a real node or without. */
import { existsSync, mkdirSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { writeWhole } from "../files.ts";
import { type Admin, isReady, readAdmin } from "./api.ts";
import {
  type ClusterFiles,
  type ClusterRecord,
  expectedRoles,
  ownershipOf,
  readRecord,
  removeFiles,
  writeRecord,
} from "./files.ts";
import { apply, furnish } from "./furnish.ts";
import { buildKubeconfig } from "./kubeconfig.ts";
import { LaunchError, launch } from "./launch.ts";
import { dnsService } from "./node/dns.ts";
import { identify, type NodeArgs, planLine, refreshImages, removeTraces, startNode } from "./node/index.ts";
import { identityOf } from "./node/link.ts";
import { directPods, forgetRealNode, movePods, publishApi } from "./node/objects.ts";
import { apiEndpointPort, type NodeIdentity } from "./node/settings.ts";
import { startOperators } from "./operators/index.ts";
import type { Plan } from "./plan.ts";
import { areFree, choosePorts } from "./ports.ts";
import { endProcesses, ownProcesses } from "./processes.ts";
import type { Ports } from "./settings.ts";

/** A cluster that runs. */
export interface Running {
  readonly server: string;
  /** URL of the gateway. @default none: no container runs */
  readonly gateway?: string;
  readonly fresh: boolean;
}

/** Milliseconds for the API server to become ready. Slow machines need half a minute. */
const patience = 120_000;
const maxLaunches = 5;

const describe = (admin: Admin, node: NodeIdentity | undefined, fresh: boolean): Running => ({
  server: admin.server,
  ...(node && { gateway: `http://127.0.0.1:${node.gatewayPort}` }),
  fresh,
});

/** Starts the components, with other ports when one was taken meanwhile and once more when one merely ended. */
async function launchPersistently(plan: Plan, preferred: Ports | undefined, advertised: string | undefined) {
  const { files, tools, stages, report, signal } = plan;
  let ports = preferred && (await areFree(preferred)) ? preferred : await choosePorts();
  let otherFailures = 0;
  for (let attempt = 1; ; attempt++) {
    try {
      const launched = await launch({ files, tools, stages, ports, advertised, timeout: patience, signal });
      return { ports, ...launched };
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

/** What concerns the real node alone; nothing when every node is played. */
function nodeArgs(
  plan: Plan,
  at: { readonly identity: NodeIdentity | undefined; readonly admin: Admin; readonly ports: Ports },
): NodeArgs | undefined {
  const { files, form, report, signal } = plan;
  const { identity, admin } = at;
  if (form.name !== "node" || !identity) return undefined;
  const { tools, images } = form;
  return { files, identity, tools, images, admin, apiPort: at.ports.kubeApiserverPort, report, signal };
}

/**
 * Sends pods to where they belong: those to come by the policy, those that are there by having them made anew.
 * @param changed images whose content is another now
 */
async function direct(
  { admin, images, report, signal }: NodeArgs,
  changed: readonly string[],
): Promise<void> {
  const available = images.map(({ reference }) => reference);
  await directPods(admin, available, { signal });
  await movePods(admin, { available, changed, report });
}

/** Brings the cluster up over whatever data there is, and notes it as finished. A failure leaves nothing running. */
async function bringUp(plan: Plan, record: ClusterRecord | undefined): Promise<Running> {
  try {
    return await assemble(plan, record);
  } catch (error) {
    await end(plan.files, { gentle: true });
    throw error;
  }
}

async function assemble(plan: Plan, record: ClusterRecord | undefined): Promise<Running> {
  const { files, form, name, fingerprint } = plan;
  mkdirSync(files.dir, { recursive: true, mode: 0o700 });
  const line = form.name === "node" ? await planLine(files, form.tools, record?.node) : undefined;
  const { ports, admin } = await launchPersistently(plan, record?.ports, line?.nodeAddress);
  await furnish(admin, plan);
  // Now that the other ports are in use.
  const identity = line && (await identify(files, line, record?.node));
  const node = nodeArgs(plan, { identity, admin, ports });
  if (node) {
    await publishApi(admin, { address: node.identity.nodeAddress, port: apiEndpointPort });
    await apply(admin, [dnsService]);
    await direct(node, await startNode(node));
  } else if (record?.node) await forgetRealNode(admin, plan);
  writeWhole(files.kubeconfig, buildKubeconfig({ name, admin }));
  if (plan.operators) {
    const { operators: kinds, operatorStages: stages, tools, signal } = plan;
    await startOperators({ files, admin, kinds, stages, kwok: tools.kwok, signal });
  }
  const processes = await ownProcesses(ownershipOf(files, undefined));
  writeRecord(files, {
    name,
    fingerprint,
    ports,
    processes: processes.map(({ pid, started }) => ({ pid, started })),
    ...(plan.operatorStages.length > 0 && { operators: true }),
    ...(identity && { node: identity }),
  });
  return describe(admin, identity, record === undefined);
}

/** Why a finished cluster cannot be used as it is; nothing when it can. */
async function complaint(plan: Plan, record: ClusterRecord, admin: Admin): Promise<string | undefined> {
  const alive = new Set((await ownProcesses(ownershipOf(plan.files, record))).map(({ role }) => role));
  const expected = expectedRoles(record);
  const dead = expected.filter((role) => !alive.has(role));
  if (dead.length === expected.length) return "it does not run";
  if (dead.length > 0) return `${dead.join(", ")} ended`;
  if (record.fingerprint !== plan.fingerprint) return "its tools or settings have changed";
  const deadline = Date.now() + 10_000;
  while (!(await isReady(admin))) {
    if (Date.now() > deadline) return "its API server does not answer";
    await delay(200);
  }
  return undefined;
}

/** Ends every process of the cluster and removes what is outside its folder. Returns whether one ran. */
export async function end(files: ClusterFiles, args: { readonly gentle: boolean }): Promise<boolean> {
  const record = readRecord(files);
  const ran = await endProcesses(ownershipOf(files, record), args);
  await removeTraces(files, record?.node?.id ?? identityOf(files.dir));
  return ran;
}

async function remake(plan: Plan): Promise<Running> {
  await end(plan.files, { gentle: false });
  removeFiles(plan.files);
  return await bringUp(plan, undefined);
}

function adminOf(files: ClusterFiles, record: ClusterRecord): Admin | undefined {
  try {
    return readAdmin({ pki: files.pki, port: record.ports.kubeApiserverPort });
  } catch {
    return undefined;
  }
}

/** Gives a cluster that runs what may have changed without a restart: images. */
async function refresh(plan: Plan, record: ClusterRecord, admin: Admin): Promise<void> {
  const node = nodeArgs(plan, { identity: record.node, admin, ports: record.ports });
  if (node) await direct(node, await refreshImages(node));
}

/** Makes sure that the cluster runs, by the least that it takes. */
export async function ensureRunning(plan: Plan): Promise<Running> {
  const { files, name, report } = plan;
  const record = readRecord(files);
  const admin = record && adminOf(files, record);
  if (!record || !admin || record.name !== name) {
    if (existsSync(files.dir)) report.step("A local cluster was left half-made: making it anew.");
    report.step(`Starting the local cluster ${name}.`);
    return await remake(plan);
  }
  const reason = await complaint(plan, record, admin);
  if (reason === undefined) {
    await refresh(plan, record, admin);
    return describe(admin, record.node, false);
  }
  report.step(`Restarting the local cluster ${name}, as ${reason}; its objects are kept.`);
  try {
    await end(files, { gentle: true });
    return await bringUp(plan, record);
  } catch (error) {
    if (!(error instanceof LaunchError)) throw error;
    report.step(
      `${error.message}\nThe local cluster cannot be restarted: making it anew. Its objects are lost.`,
    );
    return await remake(plan);
  }
}
