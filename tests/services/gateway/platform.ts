/** A database, a cache and a gateway, all real, for one test file; the test plays the verifier. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createClient } from "redis";
import { vi } from "vitest";
import { attemptOf, attemptsOn } from "../../../services/database/attempts.ts";
import { openDatabase } from "../../../services/database/database.ts";
import { progressChannel, type VerificationEvent } from "../../../services/database/events.ts";
import { migrate } from "../../../services/database/migrate.ts";
import { migrations } from "../../../services/database/migrations/index.ts";
import { ensureQueues, openQueue, queueNames } from "../../../services/database/queue.ts";
import { freePort } from "../server-process.ts";
import { type PostgresqlServer, type RedisServer, startPostgresql, startRedis } from "../servers.ts";
import { credentials, proved } from "./fixtures.ts";

export interface Gateway {
  readonly url: string;
  readonly process: ChildProcess;
  /** Resolves with the exit code. */
  readonly ended: Promise<number>;
  /** Everything that it has logged, once it has ended. */
  readonly log: Promise<string>;
  /** Calls the API with the API key. */
  call(method: "GET" | "POST", path: string, body?: unknown): Promise<Response>;
  metrics(): Promise<string>;
}

/** Starts the servers, migrates the database; `remove` ends everything. */
export async function startPlatform() {
  const [postgresql, redis] = await Promise.all([startPostgresql(), startRedis()]);
  const dir = mkdtempSync(join(tmpdir(), "iot-gateway-"));
  const files = writeCredentials(dir);
  const worker = await openWorker(postgresql, redis);
  const gateways: Gateway[] = [];
  return {
    postgresql,
    redis,
    /** Files of the gateway's credentials, by the name of their variable. */
    files,
    ...worker,
    async startGateway(settings: Readonly<Record<string, string>> = {}): Promise<Gateway> {
      const gateway = await startGateway({
        ...postgresql.environment,
        ...redis.environment,
        ...files,
        ...settings,
      });
      gateways.push(gateway);
      return gateway;
    },
    async remove() {
      for (const gateway of gateways) gateway.process.kill("SIGKILL");
      await Promise.all(gateways.map(({ ended }) => ended));
      await worker.close();
      await Promise.all([postgresql.remove(), redis.remove()]);
      rmSync(dir, { recursive: true });
    },
  };
}

function writeCredentials(dir: string) {
  const file = (name: string, value: string) => {
    writeFileSync(join(dir, name), value);
    return join(dir, name);
  };
  return {
    API_KEY_FILE: file("api-key", credentials.apiKey),
    API_KEY_PREVIOUS_FILE: join(dir, "previous-api-key"),
    JWT_SECRET_FILE: file("jwt-secret", credentials.jwtSecret),
    JWT_SECRET_PREVIOUS_FILE: join(dir, "previous-jwt-secret"),
    JWT_SIGNING_KEY_ID_FILE: join(dir, "signing-key-id"),
    PROMETHEUS_TOKEN_FILE: file("token", "token-of-scrapers"),
  };
}

/** What a verifier does to the record, step by step. */
async function openWorker(postgresql: PostgresqlServer, redis: RedisServer) {
  const { username: user, password } = new URL(postgresql.url);
  const database = openDatabase({
    host: postgresql.host,
    port: postgresql.port,
    name: postgresql.database,
    applicationName: "test",
    login: () => ({ user, password }),
    onIdleError: () => {},
  });
  await migrate(database, migrations);
  const queue = openQueue(database, "migrator", { error: () => {}, warning: () => {} });
  await queue.start();
  await ensureQueues(queue);
  const attempts = attemptsOn(database, queue);
  const client = createClient({ url: redis.url });
  client.on("error", () => {});
  await client.connect();
  return {
    database,
    /** Takes the next job, and marks its verification as running. */
    async take() {
      const [job] = await queue.fetch(queueNames.waiting("tsn"), { includeMetadata: true });
      if (!job) throw new Error("nothing waits");
      const attempt = attemptOf("tsn", job);
      await attempts.start(attempt);
      return { id: attempt.id, finish: () => attempts.finish(attempt, proved) };
    },
    publish: (id: string, event: VerificationEvent) =>
      client.publish(progressChannel(id), JSON.stringify(event)),
    async close() {
      client.destroy();
      await queue.stop({ close: false });
      await database.close();
    },
  };
}

async function startGateway(settings: Readonly<Record<string, string>>): Promise<Gateway> {
  const [http, metrics] = [await freePort(), await freePort()];
  const env = {
    PATH: process.env.PATH,
    SERVICE_NAME: "api-gateway",
    LOG_LEVEL: "info",
    LOG_FORMAT: "json",
    OTEL_EXPORTER_OTLP_ENDPOINT: "",
    MAX_QUEUED_VERIFICATIONS: "1000",
    RATE_LIMIT_PER_MINUTE: "100000",
    MAX_REQUEST_BYTES: "100000",
    HTTP_PORT: String(http),
    METRICS_PORT: String(metrics),
    ...settings,
  };
  const child = spawn(process.execPath, ["tests/services/gateway/gateway-program.ts"], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const url = `http://127.0.0.1:${http}`;
  const gateway: Gateway = {
    url,
    process: child,
    ended: once(child, "close").then(([code]) => code as number),
    log: text(child.stdout),
    call: (method, path, body) =>
      fetch(url + path, {
        method,
        headers: {
          "x-api-key": credentials.apiKey,
          ...(body !== undefined && { "content-type": "application/json" }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    metrics: async () => {
      const headers = { authorization: "Bearer token-of-scrapers" };
      return (await fetch(`http://127.0.0.1:${metrics}/metrics`, { headers })).text();
    },
  };
  const readiness = async () => (await fetch(`${url}/ready`).catch(() => undefined))?.status;
  try {
    await vi.waitUntil(async () => (await readiness()) === 200, { timeout: 20_000, interval: 50 });
  } catch (error) {
    child.kill("SIGKILL");
    throw new Error(`the gateway did not become ready:\n${await gateway.log}`, { cause: error });
  }
  return gateway;
}
