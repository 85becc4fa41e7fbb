import { type PortReference, portsOf, servicePortsOf } from "./ports.ts";
import type { Stack, StackObject } from "./stack.ts";
import { fields, text, texts } from "./values.ts";

/** Where a program connects to. */
export interface Address {
  readonly host: string;
  readonly port: number | undefined;
}

const label = "[a-z0-9](?:[-a-z0-9]*[a-z0-9])?";
const hostAndPort = new RegExp(`^(${label}(?:\\.${label})*)\\.?(?::(\\d{1,5}))?(?:[/?#].*)?$`, "i");

/** Reads `host:port`, a host alone, or a URL; undefined for anything else. */
export function addressOf(given: string): Address | undefined {
  const [, rest = given] = /^(?:[a-z][a-z0-9+.-]*:)+\/\/(?:[^@/\s]*@)?(.*)$/is.exec(given) ?? [];
  const [, host, port] = hostAndPort.exec(rest) ?? [];
  return host === undefined ? undefined : { host: host.toLowerCase(), port: port ? Number(port) : undefined };
}

/** The URLs in a text of any length; none has a scheme so long that looking for its end takes time. */
export function urlsIn(content: string): Address[] {
  return (content.match(/\b[a-z][a-z0-9+.-]{0,30}:\/\/[^\s"'`<>,;()[\]{}\\|]+/gi) ?? []).flatMap(
    (url) => addressOf(url) ?? [],
  );
}

/** What an address of a cluster's Service means. */
interface ServiceName {
  readonly name: string;
  readonly namespace: string;
  /** It is spelled out up to `svc`: nothing but a Service has such a name. */
  readonly isFull: boolean;
}

/**
 * The Service that a host may be: `NAME`, `NAME.NAMESPACE`, `[POD.]NAME.NAMESPACE.svc[.DOMAIN]`.
 * https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
 */
export function serviceNameOf(host: string, namespace: string): ServiceName | undefined {
  const labels = host.split(".");
  const svc = labels.indexOf("svc");
  if (svc >= 2) {
    const [name = "", own = ""] = labels.slice(svc - 2, svc);
    return { name, namespace: own, isFull: true };
  }
  const [name = "", own = namespace] = labels;
  return labels.length <= 2 ? { name, namespace: own, isFull: false } : undefined;
}

/** The ports that a Service answers at: all that its pods have where their addresses are given out (headless). */
export function answers(stack: Stack, service: StackObject, port: number): boolean {
  const spec = fields(service.content.spec);
  if (text(spec.type) === "ExternalName") return true;
  const ports = servicePortsOf(service);
  if (ports.length === 0 || ports.some((one) => one.port === port)) return true;
  if (spec.clusterIP !== "None") return false;
  const pods = stack.podsWith(service.namespace, texts(spec.selector));
  const known: PortReference[] = [
    ...ports.flatMap(({ targetPort }) => targetPort ?? []),
    ...pods.flatMap(portsOf).flatMap(({ number }) => number ?? []),
  ];
  return pods.length === 0 || known.includes(port);
}
