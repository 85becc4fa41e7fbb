/** One-shot program: brings the database to the schema of this version, and ends. It may be run again at any time. */
import { setTimeout as delay } from "node:timers/promises";
import { databaseConnections, migrationSettings } from "../../components/contract/runtime.ts";
import type { Database } from "../database/database.ts";
import { migrate } from "../database/migrate.ts";
import { migrations } from "../database/migrations/index.ts";
import { throughOutages } from "../database/outages.ts";
import { ensureQueues, openQueue } from "../database/queue.ts";
import { databaseOf, queueLogOf } from "../database/service.ts";
import { type ProgramContext, runTask } from "../runtime/lifecycle.ts";

/** Milliseconds that the database may be unreachable before the task gives up, to be started again. */
const patience = 5 * 60_000;

type Context = ProgramContext<(typeof migrationSettings)[number]>;

await runTask({ settings: migrationSettings, run });

async function run(context: Context): Promise<void> {
  const { log, settings } = context;
  // A migration takes as long as it takes.
  const database = databaseOf(context, {
    maxConnections: databaseConnections.migrations,
    statementTimeout: 0,
  });
  const { DATABASE_HOST: host, DATABASE_PORT: port } = settings;
  const signal = AbortSignal.any([context.stopping, AbortSignal.timeout(patience)]);
  await throughOutages(() => bringUpToDate(database, context), {
    signal,
    onOutage: (err) => log.warn({ err, host, port }, "the database cannot be reached yet; trying again"),
  });
}

async function bringUpToDate(database: Database, context: Context): Promise<void> {
  const { log } = context;
  const applied = await migrate(database, migrations);
  log.info({ applied }, applied.length > 0 ? "the schema was migrated" : "the schema is up to date");
  const boss = openQueue(database, "migrator", queueLogOf(context));
  try {
    await boss.start();
    await ensureQueues(boss);
    await indexesBuilt(boss, context);
  } finally {
    await boss.stop({ close: false });
  }
  log.info("the queues are up to date");
}

/** A new version of pg-boss builds indexes without blocking anybody; only a program that migrates does it. */
async function indexesBuilt(boss: ReturnType<typeof openQueue>, { log, stopping }: Context): Promise<void> {
  for (;;) {
    const states = await boss.getBamStatus();
    const failed = states.find(({ status }) => status === "failed");
    if (failed)
      throw new Error(`The queue could not build ${failed.count} of its indexes; its log lines say why.`);
    const open = states.filter(({ status }) => status !== "completed");
    if (open.length === 0) return;
    log.info({ open }, "waiting for the indexes of the queue");
    await delay(2_000, undefined, { signal: stopping });
  }
}
