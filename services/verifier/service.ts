/** The service of a verifier: probes, metrics, and the worker. */
import {
  commonSettings,
  databaseConnections,
  standardVariable,
  verifierSettings,
} from "../../components/contract/runtime.ts";
import { attemptsOn } from "../database/attempts.ts";
import type { Database } from "../database/database.ts";
import { longestJobSeconds, openQueue } from "../database/queue.ts";
import { checkDatabase, countConnections, databaseOf, queueLogOf } from "../database/service.ts";
import { createApp } from "../runtime/app.ts";
import { type Cache, openCache } from "../runtime/cache.ts";
import { readCredential } from "../runtime/credentials.ts";
import { runService, type ServiceContext } from "../runtime/lifecycle.ts";
import type { Address } from "../runtime/listen.ts";
import type { ReadinessCheck } from "../runtime/readiness.ts";
import { engines } from "./engines.ts";
import type { JobLimits } from "./job/process.ts";
import type { StandardModule } from "./standard.ts";
import { type FoundEngine, findEngines } from "./versions.ts";
import { startWorker, stopWorker, type WorkerOptions } from "./worker.ts";

export interface VerifierOptions {
  /** Where it listens. @default the contract's ports on every interface */
  readonly addresses?: Readonly<Record<"http" | "metrics", Address>>;
}

/** The variables that a verifier reads. */
export const verifierVariables = [...commonSettings, ...verifierSettings, standardVariable] as const;

type Context = ServiceContext<(typeof verifierVariables)[number], "verifier">;

/** Seconds to store what was found at the very end of the time limit. */
const storingSeconds = 20;

/** A probe has no body. */
const maxRequestBytes = 1024;

/** Runs the service until the process is told to end. */
export function runVerifierService(module: StandardModule, options: VerifierOptions): Promise<void> {
  return runService({
    ...options,
    settings: verifierVariables,
    metricsOf: "verifier",
    start: (context) => start(module, context),
  });
}

async function start(module: StandardModule, context: Context): Promise<void> {
  checkStandard(module, context);
  const { log, metrics, onStop, address } = context;
  const limits = limitsOf(context);
  const listening = 1;
  const database = databaseOf(context, { maxConnections: databaseConnections.verifier - listening });
  countConnections(database, context);
  const found = await findEngines(module.engines, (setting) => String(context.settings[setting]));
  countEngines(found, context);
  const problems = found.flatMap(({ problem }) => problem ?? []);
  const readiness = [{ name: "database", check: () => checkDatabase(database) }, ...problems.map(never)];
  const app = createApp({ log, metrics, maxRequestBytes, readiness });
  await app.listen(address);
  onStop("http", () => app.close());
  // A verdict of another version of the engine is none that was asked for.
  if (problems.length > 0)
    return log.error({ problems }, "taking no verifications: the image has other engines");
  beginWork(module, context, { database, found, limits });
}

/** An image has one module: the stack has mixed up images if it is not the one that it asks for. */
function checkStandard(module: StandardModule, { settings }: Context): void {
  const asked = settings[standardVariable];
  if (asked === module.id) return;
  throw new Error(
    `${standardVariable} is "${asked}", but this program verifies "${module.id}": use its image.`,
  );
}

function countEngines(found: readonly FoundEngine[], { metrics }: Context): void {
  const told = found.filter(({ version, problem }) => version !== undefined || problem !== undefined);
  for (const { name, problem } of told) {
    metrics.engine_version_matches.set(problem === undefined ? 1 : 0, { engine: name });
  }
}

/** A service with this problem is not ready until it is replaced. */
function never(problem: string): ReadinessCheck {
  return {
    name: problem,
    check: async () => {
      throw new Error(problem);
    },
  };
}

interface Tools {
  readonly database: Database;
  readonly found: readonly FoundEngine[];
  readonly limits: JobLimits;
}

function beginWork(module: StandardModule, context: Context, { database, found, limits }: Tools): void {
  const { log, metrics, onStop, stopping } = context;
  const cache = cacheOf(context);
  const boss = openQueue(database, "worker", queueLogOf(context));
  const [first] = module.engines;
  const version = found.find(({ name }) => name === first)?.version ?? "unknown";
  const options: WorkerOptions = {
    standard: module.id,
    boss,
    concurrency: context.settings.MAX_CONCURRENT_VERIFICATIONS,
    attempts: attemptsOn(database, boss),
    cache,
    metrics,
    log,
    limits,
    engine: { name: engines[first].title, version },
  };
  const drain = { seconds: limits.milliseconds / 1000 + storingSeconds };
  onStop("worker", () => stopWorker(boss, drain), { seconds: drain.seconds + storingSeconds });
  startWorker(options, stopping).catch((err) => {
    log.fatal({ err }, "the worker could not start");
    process.exit(1);
  });
}

function cacheOf({ settings, log, metrics, onStop }: Context): Cache {
  const cache = openCache({
    host: settings.REDIS_HOST,
    port: settings.REDIS_PORT,
    password: () => readCredential("redis", "password"),
    log,
    metrics,
  });
  onStop("cache", cache.stop);
  return cache;
}

/** Below it, a job's process has hardly anything left for a model and an engine: it takes some 55 MiB itself, and Z3 18. */
const leastMebibytes = 96;

/** What one verification may use: its share of what all may use together. */
function limitsOf({ settings }: Context): JobLimits {
  const { RESOURCE_LIMITS_MEMORY: all, MAX_CONCURRENT_VERIFICATIONS: count } = settings;
  const memoryBytes = Math.floor(all / count);
  if (memoryBytes < leastMebibytes * 2 ** 20) {
    throw new Error(
      `Each verification could use ${Math.floor(memoryBytes / 2 ** 20)} MiB of memory (RESOURCE_LIMITS_MEMORY / MAX_CONCURRENT_VERIFICATIONS), but ` +
        `needs at least ${leastMebibytes} MiB: raise the former or lower the latter.`,
    );
  }
  const seconds = Math.min(settings.VERIFICATION_TIMEOUT, longestJobSeconds - 2 * storingSeconds);
  return { milliseconds: seconds * 1000, memoryBytes };
}
