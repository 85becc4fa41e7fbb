import { ports, serviceNames, servicePorts } from "../contract/runtime.ts";
import { type StandardId, standards } from "../contract/standards.ts";
import { systemNames, systemPorts } from "../contract/systems.ts";

type SystemKey = keyof typeof systemNames;

/** Name of a workload of the platform: of its pods' label `app.kubernetes.io/name`, and of its ServiceAccount. */
export type Workload =
  | Exclude<(typeof serviceNames)[keyof typeof serviceNames], (...args: never) => unknown>
  | `${StandardId}-verification`
  | (typeof systemNames)[SystemKey];

/** A namespace of the platform, by what it is for. */
export type Place = "platform" | "shipper";

/** Names of the verifiers, one for each standard. */
export const verifiers = standards.map(({ id }): Workload => `${id}-verification`);

/** For each workload, the TCP ports that its pods listen on, by name. */
export const podPorts: ReadonlyMap<Workload, Readonly<Record<string, number>>> = new Map([
  ...[serviceNames.gateway, ...verifiers].map((workload) => [workload, ports] as const),
  [serviceNames.migrations, {}],
  [serviceNames.database, { postgresql: servicePorts.database }],
  [serviceNames.redis, { redis: servicePorts.redis }],
  ...(Object.keys(systemNames) as SystemKey[]).map((key) => [systemNames[key], portsOf(key)] as const),
]);

/** The number of a pod's port. @throws Error when the workload has no such port */
export function portOf(workload: Workload, name: string): number {
  const number = podPorts.get(workload)?.[name];
  if (number === undefined) throw new Error(`a flow ends at the port ${name} of ${workload}, which has none`);
  return number;
}

/** Whether a port of a pod is one of UDP. */
export function isUdp(port: string): boolean {
  return port.endsWith("-udp");
}

/** The namespace of a workload's pods. */
export function placeOf(workload: Workload): Place {
  return workload === systemNames.filebeat ? "shipper" : "platform";
}

/** What a party outside the platform is found by: who is found by name needs DNS besides. */
interface OutsideParty {
  readonly title: string;
  readonly foundBy: "name" | "address";
}

/** Parties outside the platform. Where they are, and on which ports, is configuration: see `Peers`. */
export const outsideParties = {
  gatewayClients: { title: "clients of the gateway", foundBy: "address" },
  dns: { title: "DNS of the cluster", foundBy: "address" },
  /** Pods have its address in KUBERNETES_SERVICE_HOST. */
  kubernetesApi: { title: "Kubernetes API server", foundBy: "address" },
  /** The API server tells the addresses of nodes. */
  kubelets: { title: "kubelets", foundBy: "address" },
  /** Asks the nodes how they do, and tells them which of them to end. */
  elasticOperator: { title: "operator of Elastic", foundBy: "address" },
  elasticsearchOutside: { title: "Elasticsearch elsewhere", foundBy: "name" },
  objectStorageOutside: { title: "object storage elsewhere", foundBy: "name" },
  traceCollector: { title: "collector of traces elsewhere", foundBy: "name" },
  alertReceivers: { title: "receivers of alerts", foundBy: "name" },
} as const satisfies Readonly<Record<string, OutsideParty>>;

/** A party outside the platform. */
export type Outside = keyof typeof outsideParties;

/** Who can be on either side of a flow. */
export type Endpoint = Workload | Outside;

export function isOutside(endpoint: Endpoint): endpoint is Outside {
  return Object.hasOwn(outsideParties, endpoint);
}

function portsOf(key: SystemKey): Readonly<Record<string, number>> {
  return key in systemPorts ? systemPorts[key as keyof typeof systemPorts] : {};
}
