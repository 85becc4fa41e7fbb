import type { Stack, Workload } from "./stack.ts";
import { fields, list, text, texts } from "./values.ts";

/** A port by number or by name, as fields of the type IntOrString hold one. */
export type PortReference = number | string;

/** A port that a container declares. */
export interface ContainerPort {
  readonly name: string | undefined;
  readonly number: number | undefined;
  /** `TCP` where none is given. */
  readonly protocol: string;
}

/** Reads a port; digits count as a number, however they are quoted. */
export function portReference(value: unknown): PortReference | undefined {
  if (typeof value === "number") return Number.isInteger(value) ? value : undefined;
  const given = text(value);
  if (!given) return undefined;
  return /^\d+$/.test(given) ? Number(given) : given;
}

/** The ports that the containers of a pod declare; none is declared where people left them out. */
export function portsOf({ containers }: Pick<Workload, "containers">): ContainerPort[] {
  return containers
    .filter(({ isLasting }) => isLasting)
    .flatMap(({ container }) => list(container.ports))
    .map((item) => {
      const { name, containerPort, protocol } = fields(item);
      const number = portReference(containerPort);
      return {
        name: text(name),
        number: typeof number === "number" ? number : undefined,
        protocol: text(protocol) ?? "TCP",
      };
    });
}

/** Whether one of the ports is the one referred to, and of its protocol. */
export function hasPort(
  ports: readonly ContainerPort[],
  { port, protocol, endPort }: { port: PortReference; protocol: string; endPort?: number | undefined },
): boolean {
  return ports.some((one) => {
    if (one.protocol !== protocol) return false;
    if (typeof port === "string") return one.name === port;
    if (one.number === undefined) return false;
    return endPort === undefined ? one.number === port : one.number >= port && one.number <= endPort;
  });
}

/** Ports for a message, such as `8080 (http), 9090`; `none` where there are none. */
export function describePorts(ports: readonly ContainerPort[]): string {
  const shown = ports.map(({ number, name, protocol }) => {
    const details = [name, protocol !== "TCP" && isProtocol(protocol) ? protocol : undefined]
      .filter(Boolean)
      .join(", ");
    return `${number ?? "?"}${details && ` (${details})`}`;
  });
  return [...new Set(shown)].join(", ") || "none";
}

/** A port of a Service. */
export interface ServicePort {
  /** Path of its entry in the Service, such as `spec.ports[0]`. */
  readonly path: string;
  readonly name: string | undefined;
  readonly port: number | undefined;
  /** Port of the pods; the Service's own where none is given. */
  readonly targetPort: PortReference | undefined;
  readonly protocol: string;
}

export function servicePortsOf(service: {
  readonly content: Readonly<Record<string, unknown>>;
}): ServicePort[] {
  return list(fields(service.content.spec).ports).map((item, index) => {
    const { name, port, targetPort, protocol } = fields(item);
    const own = portReference(port);
    return {
      path: `spec.ports[${index}]`,
      name: text(name),
      port: typeof own === "number" ? own : undefined,
      targetPort: portReference(targetPort) ?? own,
      protocol: text(protocol) ?? "TCP",
    };
  });
}

/** Whether a Service has a port, by number or name. */
export function servesPort(ports: readonly ServicePort[], wanted: PortReference): boolean {
  return ports.some(({ name, port }) => (typeof wanted === "number" ? port === wanted : name === wanted));
}

/** Ports of a Service for a message, such as `80 (http)`. */
export function describeServicePorts(ports: readonly ServicePort[]): string {
  return ports.map(({ port, name }) => `${port ?? "?"}${name ? ` (${name})` : ""}`).join(", ") || "none";
}

/** A port for a message, if it has the form of one: what people wrote by mistake may be anything. */
export function describePort(value: unknown): string {
  const port = portReference(value);
  if (typeof port === "number") return String(port);
  return port !== undefined && /^[a-z0-9](?:[a-z0-9-]{0,13}[a-z0-9])?$/.test(port)
    ? port
    : "of no valid name";
}

/** The protocol of a port for a message, behind it; nothing for TCP. */
export function describeProtocol(protocol: string): string {
  if (protocol === "TCP") return "";
  return isProtocol(protocol) ? ` (${protocol})` : " (of no valid protocol)";
}

function isProtocol(given: string): boolean {
  return ["TCP", "UDP", "SCTP"].includes(given);
}

/** Ports of Services that lead to the pods of each workload. */
export function servedPorts(stack: Stack): Map<Workload, ServicePort[]> {
  const served = new Map<Workload, ServicePort[]>();
  const behind = Map.groupBy(stack.ofKind("Service"), ({ content, namespace }) =>
    stack.podsWith(namespace, texts(fields(content.spec).selector)),
  );
  for (const [workloads, services] of behind) {
    const all = services.flatMap(servicePortsOf);
    const ports = [...new Map(all.map((port) => [`${port.targetPort} ${port.protocol}`, port])).values()];
    for (const workload of workloads) served.set(workload, [...(served.get(workload) ?? []), ...ports]);
  }
  return served;
}
