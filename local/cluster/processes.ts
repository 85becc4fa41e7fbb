import { readdirSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { listProcesses, type ProcessInfo, processStart } from "../processes.ts";
import { type Component, components, type NodeRole } from "./settings.ts";

/** What tells the processes of one cluster from all others. */
export interface Ownership {
  /** kwokctl's folder of this cluster, absolute. */
  readonly clusterHome: string;
  /** The configuration file given to kwokctl, absolute. */
  readonly configFile: string;
  /** The configuration file given to the programs of the real node, absolute. */
  readonly nodeConfigFile: string;
  /** The configuration file given to what plays operators, absolute. */
  readonly operatorsConfigFile: string;
  /** Processes noted when the cluster was started: still its own after the folder was moved. */
  readonly recorded?: readonly Pick<ProcessInfo, "pid" | "started">[];
}

/** What a process is to a cluster: a part of it, or the kwokctl that starts some (or its kubectl). */
export type Role = Component | NodeRole | "operators" | "kwokctl";

/**
 * The proof that a process belongs to a cluster: it was started from a program file inside the cluster's folder (kwokctl
 * puts links to the tools there), or it is a kwokctl with the cluster's configuration or the kubectl that kwokctl
 * runs with a kubeconfig of its own, or a program of the node with the cluster's configuration of it, or it is one of
 * the noted processes with its noted start. Names alone prove nothing.
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
  if (isPlayer(commandLine) && commandLine.endsWith(` --config ${ownership.operatorsConfigFile}`))
    return "operators";
  if (commandLine.endsWith(`/node/supervise.ts ${ownership.nodeConfigFile}`)) return "node";
  if (commandLine.endsWith(`/node/relay.ts ${ownership.nodeConfigFile}`)) return "relay";
  const noted = ownership.recorded?.some(
    ({ pid, started }) => pid === process.pid && started === process.started,
  );
  if (!noted) return undefined;
  if (isPlayer(commandLine)) return "operators";
  if (commandLine.includes("/node/supervise.ts ")) return "node";
  if (commandLine.includes("/node/relay.ts ")) return "relay";
  return components.find((component) => commandLine.includes(`/bin/${component} `));
}

/** kwok as it plays operators: the cluster's own runs under another name. */
const isPlayer = (commandLine: string) =>
  /(^|\/)kwok --kubeconfig .* --config .*operators\.yaml$/.test(commandLine);

/** A process of a cluster. */
export interface OwnProcess extends ProcessInfo {
  readonly role: Role;
}

/** The running processes of a cluster; of what runs inside the real node, only the program that holds it together. */
export async function ownProcesses(ownership: Ownership): Promise<OwnProcess[]> {
  return (await listProcesses()).flatMap((one) => {
    const role = roleOf(one, ownership);
    return role ? [{ ...one, role }] : [];
  });
}

const namespaceOf = (pid: number | "self"): string | undefined => {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
};

/** A process inside the real node, as the machine sees it: in a process namespace of its own. */
export function insideNode(processes: readonly OwnProcess[]): OwnProcess | undefined {
  const outside = namespaceOf("self");
  return processes.find(({ pid, role }) => {
    const namespace = role === "node" ? namespaceOf(pid) : undefined;
    return namespace !== undefined && namespace !== outside;
  });
}

/** Everything that lives in the process namespace of the real node, whoever's it is: daemons, shims, containers. */
function population(processes: readonly OwnProcess[]): number[] {
  const one = insideNode(processes);
  const namespace = one && namespaceOf(one.pid);
  if (!namespace) return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => namespaceOf(pid) === namespace);
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
  // The kernel ends them with the first of their namespace, which by then is not there to lead to them.
  const inhabitants = new Map<number, string | undefined>();
  for (let found = false; ; found = true) {
    const left = await ownProcesses(ownership);
    for (const pid of population(left)) {
      if (!inhabitants.has(pid)) inhabitants.set(pid, processStart(pid));
    }
    const lingering = [...inhabitants].filter(([pid, started]) => started && processStart(pid) === started);
    if (left.length === 0 && lingering.length === 0) return found;
    const elapsed = Date.now() - began;
    if (elapsed > 10_000) {
      const list = [
        ...left.map(({ pid, commandLine }) => `  ${pid} ${commandLine.slice(0, 120)}`),
        ...lingering.map(([pid]) => `  ${pid} (of the node)`),
      ].join("\n");
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
