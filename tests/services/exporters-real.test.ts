import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Redis } from "../../components/data/redis/index.ts";
import type { Platform } from "../../components/foundation/index.ts";
import type { SystemArgs } from "../../components/foundation/system.ts";
import { loginDirectory } from "../../components/observability/exporters/exporter.ts";
import { postgresqlExporter } from "../../components/observability/exporters/postgresql.ts";
import { redisExporter } from "../../components/observability/exporters/redis.ts";
import { record, type Secret } from "../unit/mocks.ts";
import { credential, defaults, platform } from "../unit/platform.ts";
import { type DeployedServer, deployedPostgresql, deployedRedis } from "./deployed.ts";
import { ensureProgram } from "./programs.ts";
import { freePort, ServerProcess } from "./server-process.ts";

/** What stands in the way of nothing: it is the login's Secret and image that count in a cluster. */
const unused = {
  image: "registry.test/exporter:1",
  resources: { requests: { cpu: "1m", memory: "16Mi" }, limits: { cpu: "1m", memory: "16Mi" } },
  login: { secret: "login", revision: "r" },
};

function platformAt(settings: Readonly<Record<string, string>>): Platform {
  const plain = platform();
  return { ...plain, settings: { ...plain.settings, values: { ...plain.settings.values, ...settings } } };
}

interface RunningExporter {
  scrape(path?: string): Promise<{ status: number; text: string }>;
  remove(): Promise<void>;
}

/** Runs the program of an exporter with variables, arguments and files as its pod has them, on a port of its own. */
async function startExporter(
  program: string,
  { pod, ports }: SystemArgs,
  login: Readonly<Record<string, string>>,
): Promise<RunningExporter> {
  const dir = mkdtempSync(join(tmpdir(), "iot-exporter-"));
  mkdirSync(join(dir, "login"));
  for (const entry of pod.secrets?.[0]?.entries ?? [])
    writeFileSync(join(dir, "login", entry), login[entry] ?? "");
  const port = await freePort();
  const here = (text: string) =>
    text.replaceAll(loginDirectory, join(dir, "login")).replaceAll(`:${ports.metrics}`, `127.0.0.1:${port}`);
  const [container] = pod.containers;
  const env = (container?.env ?? []).map(({ name, value }) => [name, here(String(value))]);
  const server = new ServerProcess({
    file: program,
    argv: ((container?.args ?? []) as string[]).map(here),
    env: { PATH: process.env.PATH, ...Object.fromEntries(env) },
    dir,
    ready: /[Ll]istening on|Providing metrics/,
    stopSignal: "SIGTERM",
  });
  await server.start();
  return {
    async scrape(path = "/metrics") {
      const response = await fetch(`http://127.0.0.1:${port}${path}`);
      return { status: response.status, text: await response.text() };
    },
    remove: () => server.remove(),
  };
}

/** Value of the first sample of a metric. */
function sampleOf(text: string, metric: string): number | undefined {
  const line = new RegExp(String.raw`^${metric}(\{[^\n]*\})? (\S+)$`, "m").exec(text);
  return line?.[2] === undefined ? undefined : Number(line[2]);
}

describe("the exporter of PostgreSQL", () => {
  let server: DeployedServer;
  let exporter: RunningExporter;
  const accepted = { username: "keeper_1", password: "first", "monitoring-password": "watch" };
  beforeAll(async () => {
    server = await deployedPostgresql();
    await server.start(accepted);
    const { postgres_exporter } = await ensureProgram("postgres-exporter");
    const place = {
      DATABASE_HOST: "127.0.0.1",
      DATABASE_PORT: String(server.port),
      DATABASE_NAME: "records",
    };
    exporter = await startExporter(
      postgres_exporter,
      postgresqlExporter({ platform: platformAt(place), ...unused }),
      { username: "monitoring", password: "watch" },
    );
  });
  afterAll(async () => {
    await exporter?.remove();
    await server?.remove();
  });

  test("tells what alerts and dashboards are made of", async () => {
    const { status, text } = await exporter.scrape();
    expect(status).toBe(200);
    expect(sampleOf(text, "pg_up")).toBe(1);
    expect(sampleOf(text, "pg_exporter_last_scrape_error")).toBe(0);
    expect(sampleOf(text, "pg_settings_max_connections")).toBe(
      defaults.postgresql.parameters.max_connections,
    );
    expect(sampleOf(text, "pg_settings_max_wal_size_bytes")).toBe(4 * 2 ** 30);
    for (const metric of [
      "pg_stat_activity_count",
      "pg_stat_activity_max_tx_duration",
      "pg_stat_database_deadlocks",
      "pg_stat_database_xact_commit",
      "pg_database_size_bytes",
    ]) {
      expect([metric, sampleOf(text, metric)]).toEqual([metric, expect.any(Number)]);
    }
  });

  test("is alive and can be scraped while its server is down, and says so", async () => {
    await server.stop();
    expect((await exporter.scrape("/")).status).toBe(200);
    const { status, text } = await exporter.scrape();
    expect([status, sampleOf(text, "pg_up")]).toEqual([200, 0]);
  });
});

describe("the exporter of Redis", () => {
  let server: DeployedServer;
  let exporter: RunningExporter;
  beforeAll(async () => {
    server = await deployedRedis();
    await server.start({ password: "first", "monitoring-password": 'watch"' });
    const { redis_exporter } = await ensureProgram("redis-exporter");
    const here = platformAt({ REDIS_HOST: "127.0.0.1", REDIS_PORT: String(server.port) });
    exporter = await startExporter(
      redis_exporter,
      redisExporter({ platform: here, ...unused }),
      await publishedLogin(here),
    );
  });
  afterAll(async () => {
    await exporter?.remove();
    await server?.remove();
  });

  /** The entries that the component writes for the exporter. */
  async function publishedLogin(here: Platform): Promise<Record<string, string>> {
    const { recording } = await record({
      program: () =>
        void new Redis("redis", {
          platform: here,
          image: "registry.test/redis:8",
          password: credential("first"),
          monitoringPassword: credential('watch"'),
          ...defaults.redis,
        }),
    });
    const { stringData } = recording.object("Secret", "redis-monitoring-credentials").inputs;
    return (stringData as Secret).value as Record<string, string>;
  }

  test("tells what alerts and dashboards are made of", async () => {
    const { status, text } = await exporter.scrape();
    expect(status).toBe(200);
    expect(sampleOf(text, "redis_up")).toBe(1);
    expect(sampleOf(text, "redis_exporter_last_scrape_error")).toBe(0);
    expect(sampleOf(text, "redis_memory_max_bytes")).toBe(256 * 2 ** 20);
    for (const metric of [
      "redis_memory_used_bytes",
      "redis_evicted_keys_total",
      "redis_rejected_connections_total",
      "redis_connected_clients",
      "redis_rdb_last_bgsave_status",
      "redis_aof_last_write_status",
      "redis_keyspace_hits_total",
      "redis_slowlog_length",
    ]) {
      expect([metric, sampleOf(text, metric)]).toEqual([metric, expect.any(Number)]);
    }
  });

  test("sends its password to no server but its own", async () => {
    const heard: string[] = [];
    const { createServer } = await import("node:net");
    const other = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        heard.push(String(data));
        socket.end("-ERR no\r\n");
      });
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as { port: number };
    await exporter.scrape(`/scrape?target=redis://127.0.0.1:${port}`);
    await new Promise((resolve) => other.close(resolve));
    expect(heard.length).toBeGreaterThan(0);
    expect(heard.join()).not.toContain("watch");
  });

  test("is alive and can be scraped while its server is down, and says so", async () => {
    await server.stop();
    expect((await exporter.scrape("/health")).status).toBe(200);
    const { status, text } = await exporter.scrape();
    expect([status, sampleOf(text, "redis_up")]).toEqual([200, 0]);
  });
});
