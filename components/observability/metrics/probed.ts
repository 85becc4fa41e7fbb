import { paths, serviceNames, servicePorts } from "../../contract/runtime.ts";
import { systemNames, systemPorts } from "../../contract/systems.ts";
import type { Severity } from "./rules/rule.ts";
import type { Presence } from "./scraped.ts";

/** How the blackbox exporter asks: the names of its modules. */
export type ProbeModule = "http" | "tcp" | "tls";

/** Something that is asked from outside of its pods, through its Service, as its users do. */
export interface Probed {
  readonly workload: string;
  readonly module: ProbeModule;
  readonly port: number;
  /** For http. @default none */
  readonly path?: string;
  /** The alert when it does not answer. */
  readonly alert: string;
  readonly severity: Severity;
  /** What its users then lack. */
  readonly consequence: string;
}

const gateway: Probed = {
  workload: serviceNames.gateway,
  module: "http",
  port: servicePorts.gateway,
  path: paths.ready,
  alert: "GatewayUnreachable",
  severity: "critical",
  consequence: "nobody can submit or follow a verification",
};

const objectStorage: Probed = {
  workload: systemNames.objectStorage,
  module: "tcp",
  port: systemPorts.objectStorage.s3,
  alert: "ObjectStorageUnreachable",
  severity: "warning",
  consequence: "backups cannot be written or read",
};

const logging: readonly Probed[] = [
  {
    workload: systemNames.elasticsearch,
    module: "tls",
    port: systemPorts.elasticsearch.https,
    alert: "ElasticsearchUnreachable",
    severity: "critical",
    consequence: "logs and traces can neither be kept nor read",
  },
  {
    workload: systemNames.kibana,
    module: "tls",
    port: systemPorts.kibana.https,
    alert: "KibanaUnreachable",
    severity: "warning",
    consequence: "nobody can search logs there; they are still collected",
  },
  {
    workload: systemNames.logstash,
    module: "tls",
    port: systemPorts.logstash.beats,
    alert: "LogstashUnreachable",
    severity: "warning",
    consequence: "logs wait on their nodes, and are lost when these rotate them away",
  },
];

/** Everything that is probed. */
export function probedSystems({ ownObjectStorage, absent = [] }: Presence): readonly Probed[] {
  const systems = [gateway, ...(ownObjectStorage ? [objectStorage] : []), ...logging];
  return systems.filter(({ workload }) => !absent.includes(workload));
}
