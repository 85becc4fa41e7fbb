import { randomUUIDv7 } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { progressChannel, type VerificationEvent } from "../../../services/database/events.ts";
import { hashesOf } from "../../../services/database/hashes.ts";
import type { Result, Verification } from "../../../services/database/verification.ts";
import type { CredentialValues } from "../../../services/gateway/auth/keys.ts";
import { catalogueOf } from "../../../services/gateway/catalogue.ts";
import { createGateway, type GatewayOptions } from "../../../services/gateway/gateway.ts";
import type { VerificationRecord } from "../../../services/gateway/record.ts";
import { createRegistry } from "../../../services/runtime/metrics.ts";
import { recordingLog } from "../runtime/fixtures.ts";
import { credentials, proved, standard } from "./fixtures.ts";

/** The interface of the record, in memory, with what a verifier would do to it. */
export function recordInMemory() {
  const rows = new Map<string, { hash: string; verification: Verification }>();
  let failure: Error | undefined;
  const change = (id: string, changes: Partial<Verification>) => {
    const row = rows.get(id);
    if (!row) throw new Error(`no verification ${id}`);
    row.verification = { ...row.verification, ...changes };
  };
  const all = () => [...rows.values()].map(({ verification }) => verification);
  const record: VerificationRecord = {
    async submit(given, { maxQueued }) {
      if (failure) throw failure;
      const { submission: hash, model: modelHash } = hashesOf(given);
      const present = [...rows.values()].find((row) => row.hash === hash);
      if (present) return { outcome: "reused", verification: present.verification };
      if (all().filter(({ status }) => status === "queued").length >= maxQueued)
        return { outcome: "refused" };
      const verification: Verification = {
        id: randomUUIDv7(),
        standard: given.standard,
        property: given.property,
        status: "queued",
        submittedAt: new Date().toISOString(),
        modelHash,
      };
      rows.set(verification.id, { hash, verification });
      return { outcome: "accepted", verification };
    },
    async get(id) {
      if (failure) throw failure;
      return rows.get(id)?.verification;
    },
    async list({ limit = 20, status } = {}) {
      if (failure) throw failure;
      const items = all().filter((each) => status === undefined || each.status === status);
      const summaries = items.map(({ result, ...shown }) => ({
        ...shown,
        ...(result && { verdict: result.verdict }),
      }));
      return { items: summaries.reverse().slice(0, limit) };
    },
  };
  return {
    record,
    start: (id: string) => change(id, { status: "running", startedAt: new Date().toISOString() }),
    finish: (id: string, result: Result = proved) =>
      change(id, { status: "finished", finishedAt: new Date().toISOString(), result }),
    /** Every call fails so, until it is called without an error. */
    failWith: (error?: Error) => {
      failure = error;
    },
  };
}

/** A cache that carries messages but keeps nothing. */
function messenger() {
  const listeners = new Map<string, Set<(message: unknown) => void>>();
  const cache: GatewayOptions["cache"] = {
    get: async () => undefined,
    set: async () => {},
    subscribe: (channel, _form, listener) => {
      const set = listeners.get(channel) ?? new Set();
      listeners.set(channel, set.add(listener as (message: unknown) => void));
      return () => void set.delete(listener as (message: unknown) => void);
    },
  };
  return {
    cache,
    publish: (id: string, event: VerificationEvent) => {
      for (const listener of listeners.get(progressChannel(id)) ?? []) listener(event);
    },
    /** Subscriptions to a verification. */
    listening: (id: string) => listeners.get(progressChannel(id))?.size ?? 0,
  };
}

export interface RigOptions {
  readonly limits?: Partial<GatewayOptions["limits"]>;
  readonly pace?: GatewayOptions["pace"];
  readonly credentials?: () => CredentialValues;
}

/** A gateway on a record in memory. */
export async function createRig(options: RigOptions = {}) {
  const { log, lines } = recordingLog();
  const registry = createRegistry("gateway", log);
  const memory = recordInMemory();
  const messages = messenger();
  const app: FastifyInstance = await createGateway({
    log,
    metrics: registry.metrics,
    catalogue: catalogueOf([standard]),
    verifications: memory.record,
    cache: messages.cache,
    readiness: [],
    credentials: options.credentials ?? (() => credentials),
    limits: { maxQueued: 10, requestsPerMinute: 10_000, maxRequestBytes: 10_000, ...options.limits },
    pace: options.pace,
  });
  const call = (
    method: "GET" | "POST",
    url: string,
    payload?: unknown,
    headers: Record<string, string> = {},
  ) =>
    app.inject({
      method,
      url,
      headers: { "x-api-key": credentials.apiKey, ...headers },
      ...(payload !== undefined && { payload: payload as object }),
    });
  return { app, call, lines, registry, ...memory, ...messages };
}
