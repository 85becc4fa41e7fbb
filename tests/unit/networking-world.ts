import { type Endpoint, isOutside, type Outside } from "../../components/networking/endpoints.ts";
import type { Flow } from "../../components/networking/graph.ts";
import type { Party } from "./reachability.ts";
import { selector } from "./shapes.ts";

// The world around the platform's pods: who is meant by its configuration, and who only looks like it.

/** Names of the platform's two namespaces. */
export interface Places {
  readonly platform: string;
  readonly shipper: string;
}

/** Section `network` of the configuration that says of each party outside exactly where it is. */
export const narrow = {
  gatewayClients: { namespaces: ["ingress"], cidrs: ["198.51.100.8/32"] },
  dns: { cidrs: ["169.254.20.10/32"] },
  kubernetesApi: { cidrs: ["192.0.2.2/32"], namespaces: ["konnectivity"] },
  kubelets: { cidrs: ["192.0.2.11/32"] },
  alertReceivers: { cidrs: ["2001:db8::5/128"], namespaces: ["chat"] },
  objectStorage: { cidrs: ["198.51.100.6/32"] },
  elasticsearch: { cidrs: ["198.51.100.9/32"] },
  traceCollector: { namespaces: ["tracing"] },
};

/** For each party outside, those that `narrow` means. */
export const meant: Readonly<Record<Outside, readonly string[]>> = {
  gatewayClients: ["ingress/controller", "client"],
  dns: ["kube-system/dns", "dns cache"],
  kubernetesApi: ["API server", "konnectivity/agent"],
  kubelets: ["node"],
  elasticOperator: ["elastic-system/operator"],
  elasticsearchOutside: ["search"],
  objectStorageOutside: ["storage"],
  traceCollector: ["tracing/collector"],
  alertReceivers: ["receiver", "chat/bot"],
};

const hosts: readonly Party[] = [
  { id: "client", address: "198.51.100.8" },
  { id: "storage", address: "198.51.100.6" },
  { id: "search", address: "198.51.100.9" },
  { id: "receiver", address: "2001:db8::5" },
  { id: "dns cache", address: "169.254.20.10" },
  { id: "API server", address: "192.0.2.2" },
  { id: "node", address: "192.0.2.11" },
  { id: "anywhere", address: "203.0.113.9" },
  { id: "anywhere6", address: "2001:db8::9" },
];

/** Everybody but the platform's own pods. */
export function surroundings({ platform, shipper }: Places): Party[] {
  const pods = [
    ["kube-system", "dns", { "k8s-app": "kube-dns", "pod-template-hash": "1" }],
    ["kube-system", "other", { "k8s-app": "other" }],
    ["default", "dns", { "k8s-app": "kube-dns" }],
    ["ingress", "controller", { app: "controller" }],
    ["konnectivity", "agent", { app: "agent" }],
    ["chat", "bot", { app: "bot" }],
    ["tracing", "collector", { app: "collector" }],
    ["elastic-system", "operator", { "control-plane": "elastic-operator" }],
    [platform, "unlabelled", {}],
    [shipper, "unlabelled", {}],
    // Pods that have a name of the platform's where those of that name never are.
    ["default", "gateway", selector("api-gateway")],
    ["default", "shipper", selector("filebeat")],
    ["default", "prometheus", selector("prometheus")],
    ["default", "logstash", selector("logstash")],
    [platform, "shipper", selector("filebeat")],
    [shipper, "gateway", selector("api-gateway")],
    [shipper, "prometheus", selector("prometheus")],
    [platform, "namesake", { "app.kubernetes.io/name": "api-gateway" }],
    [platform, "sibling", { "app.kubernetes.io/part-of": "iot-verification" }],
  ] as const;
  const strangers = pods.map(([namespace, name, labels], index) => ({
    id: `${namespace}/${name}`,
    address: `10.1.0.${index + 1}`,
    pod: { namespace, labels, ports: [{ name: "http", containerPort: 8080 }] },
  }));
  return [...hosts, ...strangers];
}

export interface Expectation {
  readonly flows: readonly Flow[];
  readonly parties: readonly Party[];
  /** Whether a party is in a namespace of the platform. */
  readonly fences: (party: Party) => boolean;
  /** Ids of who is meant by a party outside; undefined: everyone. */
  readonly meantBy: (outside: Outside) => readonly string[] | undefined;
  /** Ports of each party outside, as `PROTOCOL/PORT`. */
  readonly ports: (outside: Outside) => readonly string[];
}

/** What these flows ask for: of either side, and of both together. */
export interface ExpectedMatrix {
  /** What pods of the platform accept. */
  readonly Ingress: readonly string[];
  /** What they open. */
  readonly Egress: readonly string[];
  /**
   * What comes about. A connection between two pods of the platform needs a flow for either side: that is one and the same,
   * unless a party that may be anywhere stands for a pod.
   */
  readonly both: readonly string[];
}

/** The matrix that these flows ask for. */
export function expectedMatrix(expectation: Expectation): ExpectedMatrix {
  const { flows, parties, fences } = expectation;
  const lines = (some: readonly Flow[]) => new Set(some.flatMap((flow) => linesOf(flow, expectation)));
  const accepted = lines(flows.filter(({ to }) => !isOutside(to)));
  const opened = lines(flows.filter(({ from }) => !isOutside(from)));
  const fenced = new Set(parties.filter(fences).map(({ id }) => id));
  const comesAbout = (line: string) => {
    const { from, to } = endsOf(line);
    return (!fenced.has(from) || opened.has(line)) && (!fenced.has(to) || accepted.has(line));
  };
  return {
    Ingress: [...accepted].sort(),
    Egress: [...opened].sort(),
    both: [...new Set([...opened, ...accepted])].filter(comesAbout).sort(),
  };
}

/** The two ends of a line of the matrix. */
export function endsOf(line: string): { readonly from: string; readonly to: string } {
  const [from = "", to = ""] = line.slice(0, line.lastIndexOf(" ")).split(" > ");
  return { from, to };
}

function linesOf(flow: Flow, expectation: Expectation): string[] {
  const { from, to } = flow;
  const ports = isOutside(to) ? expectation.ports(to) : [declaredPort(flow, expectation.parties)];
  const targets = idsOf(to, expectation);
  return idsOf(from, expectation).flatMap((source) =>
    targets.flatMap((target) => ports.map((port) => `${source} > ${target} ${port}`)),
  );
}

function idsOf(endpoint: Endpoint, { parties, meantBy }: Expectation): readonly string[] {
  if (!isOutside(endpoint)) return [endpoint];
  return meantBy(endpoint) ?? parties.map(({ id }) => id);
}

/** The port as the accepting pod itself declares it, as `PROTOCOL/PORT`. */
function declaredPort({ to, port }: Flow, parties: readonly Party[]): string {
  const ports = parties.find(({ id }) => id === to)?.pod?.ports ?? [];
  const declared = ports.find(({ name }) => name === port);
  if (declared === undefined) throw new Error(`the pods of ${to} have no port ${port}`);
  return `${declared.protocol ?? "TCP"}/${declared.containerPort}`;
}
