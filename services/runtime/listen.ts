import type { Server } from "node:http";
import { networkInterfaces } from "node:os";
import { ports } from "../../components/contract/runtime.ts";

/** Where a server listens. */
export interface Address {
  /** IP address. */
  readonly host: string;
  /** TCP port; 0 for any free one. */
  readonly port: number;
}

/** The addresses of the contract's ports on every interface, IPv6 included where the machine has it. */
export function contractAddresses(): Readonly<Record<keyof typeof ports, Address>> {
  const families = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const host = families.some(({ family }) => family === "IPv6") ? "::" : "0.0.0.0";
  return { http: { host, port: ports.http }, metrics: { host, port: ports.metrics } };
}

/** Base URL of a listening server, as this machine reaches it. */
export function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server does not listen on TCP.");
  const host = address.address === "::" || address.address === "0.0.0.0" ? "localhost" : address.address;
  return `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}
