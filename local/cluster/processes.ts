import { setTimeout as delay } from "node:timers/promises";
import { listProcesses, type ProcessInfo } from "../processes.ts";
import { type Component, components } from "./settings.ts";

/** What tells the processes of one cluster from all others. */
export interface Ownership {
  /** kwokctl's folder of this cluster, absolute. */
  readonly clusterHome: string;
  /** The configuration file given to kwokctl, absolute. */
  readonly configFile: string;
  /** Processes noted when the cluster was started: still its own after the folder was moved. */
  readonly recorded?: readonly Pick<ProcessInfo, "pid" | "started">[];
}

/** What a process is to a cluster: one of its components, or the kwokctl that starts them (or its kubectl). */
export type Role = Component | "kwokctl";

/**
 * The proof that a process belongs to a cluster: it was started from a program file inside the cluster's folder (kwokctl
 * puts links to the tools there), or it is a kwokctl with the cluster's configuration or the kubectl that kwokctl
 * runs with a kubeconfig of its own, or it is one of the noted processes with its noted start. Names alone prove nothing.
 */
export function roleOf(process: ProcessInfo, ownership: Ownership): Role | undefined {
  const { commandLine } = process;
  for (const component of components) {
    const program = `${ownership.clusterHome}/bin/${component}`;
    if (commandLine === program || commandLine.startsWith(`${program} `)) return component;
  }
  if (
    /(^|\/)kwokctl\S* create cluster /.test(commandLine) &&
    commandLine.endsWith(` --config ${ownership.configFile}`)
  ) {
    return "kwokctl";
  }
  if (
    /(^|\/)kubectl\S* /.test(commandLine) &&
    commandLine.includes(` --kubeconfig ${ownership.clusterHome}/kubeconfig.yaml `)
  ) {
    return "kwokctl";
  }
  const noted = ownership.recorded?.some(
    ({ pid, started }) => pid === process.pid && started === process.started,
  );
  return noted ? components.find((component) => commandLine.includes(`/bin/${component} `)) : undefined;
}

/** A process of a cluster. */
export interface OwnProcess extends ProcessInfo {
  readonly role: Role;
}

/** The running processes of a cluster. */
export async function ownProcesses(ownership: Ownership): Promise<OwnProcess[]> {
  return (await listProcesses()).flatMap((one) => {
    const role = roleOf(one, ownership);
    return role ? [{ ...one, role }] : [];
  });
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/**
 * Ends every process of a cluster and waits until none is left. Returns whether there was one.
 * @param gentle Lets etcd close its files before it is killed; for data that is to be kept.
 * @throws when one does not end within ten seconds of being killed.
 */
export async function endProcesses(
  ownership: Ownership,
  args: { readonly gentle: boolean },
): Promise<boolean> {
  const began = Date.now();
  for (let found = false; ; found = true) {
    const left = await ownProcesses(ownership);
    if (left.length === 0) return found;
    const elapsed = Date.now() - began;
    if (elapsed > 10_000) {
      const list = left.map(({ pid, commandLine }) => `  ${pid} ${commandLine.slice(0, 120)}`).join("\n");
      throw new Error(
        `These processes of the local cluster do not end; end them and run the command again:\n${list}`,
      );
    }
    // kwokctl first: it starts others. The loop sees what it started meanwhile.
    const starters = left.filter(({ role }) => role === "kwokctl");
    for (const { pid, role } of starters.length > 0 ? starters : left) {
      send(pid, args.gentle && role === "etcd" && elapsed < 3_000 ? "SIGTERM" : "SIGKILL");
    }
    await delay(20);
  }
}
