import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { Agent, request } from "node:https";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** How the administrator of a local cluster reaches its API server. Certificates are PEM. */
export interface Admin {
  readonly server: string;
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** Reads the certificates that kwokctl made. */
export function readAdmin(args: { readonly pki: string; readonly port: number }): Admin {
  const read = (name: string) => readFileSync(join(args.pki, name), "utf8");
  return {
    server: `https://127.0.0.1:${args.port}`,
    ca: read("ca.crt"),
    cert: read("admin.crt"),
    key: read("admin.key"),
  };
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/**
 * One request to the API server, straight to loopback whatever proxy the environment names.
 * @throws when there is no answer within `timeout` milliseconds.
 */
export function call(
  admin: Admin,
  args: { method: string; path: string; body?: unknown; contentType?: string; timeout?: number },
): Promise<Answer> {
  const { method, path, body, contentType = "application/json", timeout = 5_000 } = args;
  const agent = new Agent({ ca: admin.ca, cert: admin.cert, key: admin.key, keepAlive: false });
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, admin.server),
      { agent, method, headers: { "content-type": contentType }, signal: AbortSignal.timeout(timeout) },
      (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
        incoming.on("error", reject);
        incoming.on("end", () =>
          resolve({ status: incoming.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Whether the API server says that it is ready; any failure is a no. */
export async function isReady(admin: Admin, timeout = 2_000): Promise<boolean> {
  try {
    return (await call(admin, { method: "GET", path: "/readyz", timeout })).status === 200;
  } catch {
    return false;
  }
}

/** A line of a watch. */
export interface WatchEvent<T> {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: T;
}

/**
 * What the API server tells on a path that watches, until it ends the answer.
 * @throws when the connection breaks
 */
export async function* watch<T>(admin: Admin, path: string): AsyncGenerator<WatchEvent<T>> {
  const agent = new Agent({ ca: admin.ca, cert: admin.cert, key: admin.key, keepAlive: false });
  const outgoing = request(new URL(path, admin.server), { agent, method: "GET" });
  outgoing.end();
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  for await (const line of createInterface({ input: incoming, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line !== "") yield JSON.parse(line) as WatchEvent<T>;
  }
}
