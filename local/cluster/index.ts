import { existsSync, readFileSync, rmdirSync } from "node:fs";
import { parse } from "yaml";
import { takeLock } from "../lock.ts";
import type { Report } from "../report.ts";
import { interruptible } from "../toolchain/interrupt.ts";
import { end, ensureRunning } from "./control.ts";
import { type ClusterFiles, clusterFiles, removeFiles } from "./files.ts";
import type { FormName } from "./form.ts";
import { isKind, kindContext, startKind, stopKind } from "./kind.ts";
import { LaunchError } from "./launch.ts";
import { type ClusterArgs, type Form, planOf, type StartArgs } from "./plan.ts";

export { type ExistingCluster, existingCluster } from "./existing.ts";
export { type Choice, chooseForm, type FormName, formVariable } from "./form.ts";
export type { NodeImage, NodeTools } from "./node/settings.ts";
export type { ClusterArgs, Form, StartArgs } from "./plan.ts";
export { type ClusterTools, storageClasses } from "./settings.ts";

/** A running local cluster. */
export interface Cluster {
  readonly name: string;
  readonly form: FormName;
  /** A kubeconfig of one context, in the state folder; readable by its owner only. */
  readonly kubeconfig: string;
  readonly context: string;
  /** URL of the API server, on 127.0.0.1. */
  readonly server: string;
  /** Every change that was asked of the API server, one JSON object a line (audit.k8s.io/v1 Event). Not with kind. */
  readonly auditLog: string;
  /** URL on 127.0.0.1 that leads to the stack's gateway. @default none: no container runs, or they are kind's */
  readonly gateway?: string;
  /** It was made by this call, and is empty: what an earlier cluster of this name held is gone. */
  readonly fresh: boolean;
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

async function startLocked(args: StartArgs, files: ClusterFiles, signal: AbortSignal): Promise<Cluster> {
  const form: Form = args.form ?? { name: "simulated" };
  const { kubeconfig, auditLog } = files;
  if (form.name === "kind") {
    if (!isKind(files)) await remove(files);
    const fresh = await startKind({ ...args, files, images: form.images, signal });
    const server = serverOf(kubeconfig);
    return {
      name: files.name,
      form: "kind",
      kubeconfig,
      context: kindContext(files),
      server,
      auditLog,
      fresh,
    };
  }
  if (isKind(files)) await remove(files);
  const running = await ensureRunning(planOf({ ...args, form, files, signal }));
  return { name: files.name, form: form.name, kubeconfig, context: files.name, auditLog, ...running };
}

function serverOf(kubeconfig: string): string {
  const { clusters } = parse(readFileSync(kubeconfig, "utf8")) as {
    clusters: { cluster: { server: string } }[];
  };
  return clusters[0]?.cluster.server ?? "";
}

/** Ends a cluster of whatever form, and removes its files. Returns whether one ran. */
async function remove(files: ClusterFiles): Promise<boolean> {
  const wasKind = isKind(files);
  if (wasKind) await stopKind(files);
  const ran = await end(files, { gentle: false });
  removeFiles(files);
  return ran || wasKind;
}

/**
 * Makes sure that the cluster runs in the wanted form: returned when it does, restarted over its data when processes have
 * died or the settings have changed, made anew when it was left half-made or its data cannot be read. Interrupted, it
 * ends what it has started, and then this process.
 * @throws Error with the end of the failing component's log
 */
export async function startCluster(args: StartArgs): Promise<Cluster> {
  const files = clusterFiles(args);
  const { report } = args;
  return await interruptible((signal) =>
    alone({ files, report, signal }, async () => {
      try {
        return await startLocked(args, files, signal);
      } catch (error) {
        if (!signal.aborted) throw withAdvice(error, files);
        report.step("Interrupted: ending what was started of the local cluster.");
        await end(files, { gentle: true });
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
  if (!existsSync(files.stateDir)) return await end(files, { gentle: false });
  const ran = await alone({ files, report }, () => remove(files));
  try {
    rmdirSync(files.stateDir);
  } catch {
    // Other things of the stack are in it.
  }
  return ran;
}
