/** A database, a cache, the migrations, and any number of verifiers, all real, for one test file. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { PgBoss } from "pg-boss";
import { createClient } from "redis";
import { vi } from "vitest";
import { type Database, openDatabase } from "../../../services/database/database.ts";
import { openQueue } from "../../../services/database/queue.ts";
import type { Verification } from "../../../services/database/verification.ts";
import { type Verifications, verificationsOn } from "../../../services/database/verifications.ts";
import { ensureProgram } from "../programs.ts";
import { freePort } from "../server-process.ts";
import { type PostgresqlServer, type RedisServer, startPostgresql, startRedis } from "../servers.ts";
import type { FakeModel } from "./fake-program.ts";

export interface Line {
  readonly level: string;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A program of the platform that runs, or has ended. */
export interface Program {
  readonly process: ChildProcess;
  readonly lines: readonly Line[];
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string>;
  /** Resolves once the log has such a line. */
  logged(message: string, count?: number): Promise<Line>;
}

export interface Verifier extends Program {
  readonly http: string;
  readonly metrics: string;
}

export interface Platform {
  readonly postgresql: PostgresqlServer;
  readonly redis: RedisServer;
  readonly database: Database;
  readonly boss: PgBoss;
  readonly verifications: Verifications;
  /** A folder that is gone in the end. */
  readonly dir: string;
  migrate(): Program;
  /** Starts a verifier and waits until it takes jobs. */
  startVerifier(settings?: Readonly<Record<string, string>>): Promise<Verifier>;
  /** Starts a verifier. @param file its program @default that of the fake standard */
  spawnVerifier(settings?: Readonly<Record<string, string>>, file?: string): Promise<Verifier>;
  /** Starts any program of the platform. */
  run(file: string, settings?: Readonly<Record<string, string>>): Program;
  /** Submits to the fake standard. @returns the id */
  submit(model: FakeModel): Promise<string>;
  finished(id: string, seconds?: number): Promise<Verification>;
  running(id: string): Promise<void>;
  remove(): Promise<void>;
}

const fakeProgram = "tests/services/verifier/fake-program.ts";

export const metricsToken = "token-of-scrapers";

export async function startPlatform(): Promise<Platform> {
  const [postgresql, redis, { z3 }] = await Promise.all([
    startPostgresql(),
    startRedis(),
    ensureProgram("z3"),
  ]);
  const dir = mkdtempSync(join(tmpdir(), "iot-verifier-"));
  writeFileSync(join(dir, "token"), metricsToken);
  const programs: Program[] = [];
  const database = databaseOn(postgresql);
  const boss = openQueue(database, "sender", { error: () => {}, warning: () => {} });
  const verifications = verificationsOn(database, boss);

  const environment = {
    // The folder at the end marks the processes of this platform, which hand their PATH down.
    PATH: [dirname(z3), process.env.PATH, dir].join(delimiter),
    SERVICE_NAME: "tsn-verification",
    STANDARD: "tsn",
    LOG_LEVEL: "debug",
    LOG_FORMAT: "json",
    OTEL_EXPORTER_OTLP_ENDPOINT: "",
    ...postgresql.environment,
    ...redis.environment,
    PROMETHEUS_TOKEN_FILE: join(dir, "token"),
    COQ_VERSION: "0",
    TLA_VERSION: "0",
    RUST_VERSION: "0",
    Z3_VERSION: "5.4.1",
    MAX_CONCURRENT_VERIFICATIONS: "2",
    VERIFICATION_TIMEOUT: "30",
    RESOURCE_LIMITS_CPU: "1",
    RESOURCE_LIMITS_MEMORY: "1Gi",
  };
  const run = (file: string, settings: Readonly<Record<string, string>> = {}) => {
    const program = runProgram(file, { ...environment, ...settings });
    programs.push(program);
    return program;
  };
  const spawnVerifier = async (settings: Readonly<Record<string, string>> = {}, file = fakeProgram) => {
    const [http, metrics] = [await freePort(), await freePort()];
    const addresses = { HTTP_PORT: String(http), METRICS_PORT: String(metrics) };
    const program = run(file, { ...addresses, ...settings });
    return { ...program, http: `http://127.0.0.1:${http}`, metrics: `http://127.0.0.1:${metrics}/metrics` };
  };
  const get = async (id: string) => (await verifications.get(id).catch(() => undefined)) as Verification;
  const until = (id: string, status: string, seconds = 60) =>
    vi.waitUntil(async () => (await get(id))?.status === status, { timeout: seconds * 1000, interval: 50 });

  return {
    postgresql,
    redis,
    database,
    boss,
    verifications,
    dir,
    migrate: () => run("services/migrations/main.ts"),
    spawnVerifier,
    run,
    async startVerifier(settings) {
      const verifier = await spawnVerifier(settings);
      await verifier.logged("taking verifications");
      return verifier;
    },
    async submit(model) {
      const submitted = await verifications.submit(
        { standard: "tsn", property: "fake", model },
        { maxQueued: 1000 },
      );
      if (submitted.outcome === "refused") throw new Error("refused");
      return submitted.verification.id;
    },
    async finished(id, seconds) {
      await until(id, "finished", seconds);
      return get(id);
    },
    running: async (id) => void (await until(id, "running")),
    async remove() {
      for (const program of programs) program.process.kill("SIGKILL");
      await Promise.all(programs.map(({ ended }) => ended));
      await boss.stop({ close: false });
      await database.close();
      await Promise.all([postgresql.remove(), redis.remove()]);
      rmSync(dir, { recursive: true });
    },
  };
}

/** What is published on a channel from now on. */
export async function eventsOf(redis: RedisServer, channel: string) {
  const client = createClient({ url: redis.url });
  client.on("error", () => {});
  await client.connect();
  const received: Record<string, unknown>[] = [];
  await client.subscribe(channel, (text) => received.push(JSON.parse(text)));
  return { received, [Symbol.asyncDispose]: async () => client.destroy() };
}

function databaseOn(postgresql: PostgresqlServer): Database {
  const url = () => new URL(postgresql.url);
  return openDatabase({
    host: postgresql.host,
    port: postgresql.port,
    name: postgresql.database,
    applicationName: "test",
    login: () => ({ user: url().username, password: url().password }),
    onIdleError: () => {},
  });
}

function runProgram(file: string, env: NodeJS.ProcessEnv): Program {
  const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "inherit"] });
  const lines: Line[] = [];
  let rest = "";
  child.stdout.on("data", (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split("\n");
    rest = parts.pop() ?? "";
    lines.push(...parts.map((part) => JSON.parse(part) as Line));
  });
  const ended = new Promise<number | string>((resolve) =>
    child.once("close", (code, signal) => resolve(signal ?? code ?? "?")),
  );
  return {
    process: child,
    lines,
    ended,
    logged: (message, count = 1) =>
      vi.waitUntil(() => lines.filter(({ msg }) => msg === message).at(count - 1), {
        timeout: 60_000,
        interval: 20,
      }),
  };
}
