/** The database as the services of the platform use it: address from settings, login from credential files. */
import { hostname } from "node:os";
import { readCredential } from "../runtime/credentials.ts";
import type { ProgramContext } from "../runtime/lifecycle.ts";
import type { CommonMetrics } from "../runtime/metrics.ts";
import { type Database, type DatabaseOptions, openDatabase } from "./database.ts";
import { isMigrated } from "./migrate.ts";
import { migrations } from "./migrations/index.ts";
import type { QueueLog } from "./queue.ts";

type DatabaseVariable = "DATABASE_HOST" | "DATABASE_PORT" | "DATABASE_NAME";

/** The pool of a program. It is closed when the program ends. */
export function databaseOf(
  { settings, log, onStop }: ProgramContext<DatabaseVariable>,
  limits: Pick<DatabaseOptions, "statementTimeout"> & { readonly maxConnections: number },
): Database {
  const database = openDatabase({
    ...limits,
    host: settings.DATABASE_HOST,
    port: settings.DATABASE_PORT,
    name: settings.DATABASE_NAME,
    applicationName: `${settings.SERVICE_NAME}@${hostname()}`.slice(0, 63),
    login: () => ({
      user: readCredential("database", "username"),
      password: readCredential("database", "password"),
    }),
    onIdleError: (err) => log.warn({ err }, "an idle connection to the database was lost"),
  });
  onStop("database", () => database.close());
  return database;
}

/** Fails while the database does not answer, or lacks something that this program needs. */
export async function checkDatabase(database: Database): Promise<void> {
  if (await isMigrated(database, migrations)) return;
  throw new Error(
    "The database lacks migrations of this version: the job of the migrations has not succeeded yet.",
  );
}

/** Has the pool's connections counted at each scrape. */
export function countConnections(
  database: Database,
  registry: {
    readonly metrics: Pick<CommonMetrics, "database_pool_connections">;
    beforeScrape(collect: () => void): void;
  },
): void {
  const gauge = registry.metrics.database_pool_connections;
  registry.beforeScrape(() => {
    const { total, idle, waiting } = database.connections();
    gauge.set(idle, { state: "idle" });
    gauge.set(total - idle, { state: "busy" });
    gauge.set(waiting, { state: "waiting" });
  });
}

/** Milliseconds in which the queue's trouble is told once: in an outage each of its parts fails every few seconds. */
const troubleInterval = 10_000;

/** What the queue's machinery has to say, as log lines. */
export function queueLogOf({ log }: Pick<ProgramContext<never>, "log">): QueueLog {
  let quietUntil = 0;
  return {
    error: (err) => {
      const level = performance.now() < quietUntil ? "debug" : "warn";
      if (level === "warn") quietUntil = performance.now() + troubleInterval;
      log[level]({ err }, "the queue had trouble; it goes on");
    },
    warning: (message) => log.warn({ queue: message }, "the queue warns"),
  };
}
