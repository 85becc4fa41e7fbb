import { serviceNames } from "../../contract/runtime.ts";
import { standards } from "../../contract/standards.ts";
import { metricsPortName, systemNames, systemPorts } from "../../contract/systems.ts";

/** What decides which systems of the table there are. */
export interface Presence {
  /** Whether the platform runs object storage itself. */
  readonly ownObjectStorage: boolean;
  /** Names of other systems that it does without. @default what only a distributed Jaeger has */
  readonly absent?: readonly string[];
}

/** Workloads that have metrics. */
export function scrapedWorkloads({ ownObjectStorage, absent = distributed }: Presence): string[] {
  const systems = Object.entries(systemPorts)
    .filter(([, ports]) => Object.keys(ports).some((port) => metricsPortName.test(port)))
    .map(([system]) => systemNames[system as keyof typeof systemPorts]);
  return [
    serviceNames.gateway,
    ...standards.map(({ id }) => serviceNames.verifier(id)),
    ...systems.filter(
      (system) => !absent.includes(system) && (ownObjectStorage || system !== systemNames.objectStorage),
    ),
  ];
}

const distributed: readonly string[] = [systemNames.jaegerCollector, systemNames.jaegerQuery];
