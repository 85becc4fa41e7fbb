import { type Admin, call } from "../api.ts";
import { forward, type Place } from "./forward.ts";

/** Milliseconds for which a Service's address is taken to be right. */
const remembered = 1_000;

interface ServiceList {
  readonly items: readonly {
    readonly spec: { readonly clusterIP?: string; readonly ports?: readonly { readonly port: number }[] };
  }[];
}

/**
 * Leads connections to the first port of the Service of that name, in whatever namespace it is: a local cluster holds one
 * stack. It is looked up anew all the time, so the Service may come, go and change.
 */
export async function serveGateway(args: { admin: Admin; listen: Place; service: string }): Promise<void> {
  const { admin, listen, service } = args;
  let known: { until: number; place: Promise<Place> } | undefined;
  await forward({
    listen,
    target: () => {
      if (!known || known.until < Date.now()) {
        known = { until: Date.now() + remembered, place: find(admin, service) };
      }
      return known.place;
    },
    explain: ({ message }) => {
      const body = `${message}\n`;
      const headers = ["content-type: text/plain", `content-length: ${body.length}`, "connection: close"];
      return `HTTP/1.1 503 Service Unavailable\r\n${headers.join("\r\n")}\r\n\r\n${body}`;
    },
  });
}

async function find(admin: Admin, service: string): Promise<Place> {
  const path = `/api/v1/services?fieldSelector=metadata.name%3D${service}`;
  const { items } = JSON.parse((await call(admin, { method: "GET", path })).body) as ServiceList;
  const { clusterIP, ports } = items[0]?.spec ?? {};
  if (!clusterIP || clusterIP === "None" || !ports?.[0]) {
    throw new Error(`The local cluster has no Service ${service} with an address of its own yet.`);
  }
  return { host: clusterIP, port: ports[0].port };
}
