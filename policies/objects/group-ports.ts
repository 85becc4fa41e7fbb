import { portsOf } from "./ports.ts";
import type { Workload } from "./stack.ts";

/** The ports that some workloads declare. */
export interface GroupPorts {
  /** Each once, whoever declares it. */
  readonly declared: ReturnType<typeof portsOf>;
  /** Whether one of them declares none: it may listen on any. */
  readonly isOpen: boolean;
}

export type PortsOfGroup = (group: readonly Workload[]) => GroupPorts;

/** Reads the ports of a group once, however often a rule asks: a thousand Services may be before the same pods. */
export function groupPorts(): PortsOfGroup {
  const known = new WeakMap<readonly Workload[], GroupPorts>();
  return (group) => {
    const ports = known.get(group) ?? read(group);
    known.set(group, ports);
    return ports;
  };
}

function read(group: readonly Workload[]): GroupPorts {
  const all = group.map(portsOf);
  const distinct = new Map(all.flat().map((port) => [JSON.stringify(port), port]));
  return { declared: [...distinct.values()], isOpen: all.some((ports) => ports.length === 0) };
}
