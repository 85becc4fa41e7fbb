import { serviceNames } from "../../contract/runtime.ts";
import { standards } from "../../contract/standards.ts";
import { metricsPortName, systemNames, systemPorts } from "../../contract/systems.ts";

/** Workloads that have metrics, in a platform with object storage of its own or without. */
export function scrapedWorkloads({ ownObjectStorage }: { readonly ownObjectStorage: boolean }): string[] {
  const systems = Object.entries(systemPorts)
    .filter(([, ports]) => Object.keys(ports).some((port) => metricsPortName.test(port)))
    .map(([system]) => systemNames[system as keyof typeof systemPorts]);
  return [
    serviceNames.gateway,
    ...standards.map(({ id }) => serviceNames.verifier(id)),
    ...systems.filter((system) => ownObjectStorage || system !== systemNames.objectStorage),
  ];
}
