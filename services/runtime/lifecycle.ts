import manifest from "../../package.json" with { type: "json" };
import { readCredential, readOptionalCredential } from "./credentials.ts";
import { type Address, contractAddresses } from "./listen.ts";
import { createLogger, type Logger } from "./logs.ts";
import { createRegistry, type MetricsRegistry, type Server } from "./metrics.ts";
import { serveMetrics } from "./metrics-server.ts";
import { readSettings, type Settings, SettingsError, type Variable } from "./settings.ts";
import { startTraces } from "./traces.ts";
import { within } from "./within.ts";

/** Version of the platform, which all its programs have in common. */
export const version: string = manifest.version;

/** The variables that every program reads. */
const baseVariables = ["LOG_LEVEL", "LOG_FORMAT", "OTEL_EXPORTER_OTLP_ENDPOINT"] as const;
type BaseVariable = (typeof baseVariables)[number];

/** What a program works with. */
export interface ProgramContext<V extends Variable> {
  readonly settings: Settings<V>;
  readonly log: Logger;
  /** Aborted when the program is told to end. */
  readonly stopping: AbortSignal;
  /**
   * Has this done when the program ends: what was registered last first, one after the other. It is given up after so
   * many seconds (@default 10) and fails nothing else.
   */
  onStop(name: string, stop: () => Promise<unknown> | unknown, limit?: { readonly seconds: number }): void;
}

/** What a service works with. */
export interface ServiceContext<V extends Variable, S extends Server>
  extends ProgramContext<V>,
    Omit<MetricsRegistry<S>, "text" | "contentType"> {
  /** Where to serve HTTP. */
  readonly address: Address;
}

/** A program that goes on until it is told to end. */
export interface Service<V extends Variable, S extends Server> {
  /** Variables that it reads, besides those of logs and traces. */
  readonly settings: readonly V[];
  /** Which metrics of the contract's table it serves. */
  readonly metricsOf: S;
  /** Where it listens. @default the contract's ports on every interface */
  readonly addresses?: Readonly<Record<"http" | "metrics", Address>>;
  /** Starts it; what it starts it registers with `onStop`. */
  start(context: ServiceContext<V | BaseVariable, S>): Promise<void>;
}

/** A program that ends by itself when its work is done. */
export interface Task<V extends Variable> {
  /** Variables that it reads, besides those of logs and traces. */
  readonly settings: readonly V[];
  run(context: ProgramContext<V | BaseVariable>): Promise<void>;
}

/** Exit code of a program whose environment does not keep the runtime contract (EX_CONFIG of sysexits.h). */
const badSettingsExitCode = 78;
/** @default of `onStop`: seconds until an end is given up. */
const stopSeconds = 10;

/**
 * Runs a service in this process until SIGTERM or SIGINT; then stops it and ends the process with exit code 0. Exit code
 * 78: the settings are bad, as standard error says; 1: it could not start or something failed that nobody handles, as
 * the log says.
 */
export async function runService<V extends Variable, S extends Server>(
  service: Service<V, S>,
): Promise<void> {
  const program = begin<V | BaseVariable>(service.settings);
  const { context } = program;
  const start = async () => {
    const registry = createRegistry(service.metricsOf, context.log);
    const { http, metrics: address } = service.addresses ?? contractAddresses();
    const server = await serveMetrics({ registry, tokens: metricsTokens, address, log: context.log });
    context.onStop("metrics", server.stop);
    const { metrics, beforeScrape } = registry;
    await service.start({ ...context, metrics, beforeScrape, address: http });
    context.log.info({ version, node: process.version, metrics: server.url }, "started");
  };
  try {
    await Promise.race([start(), aborted(context.stopping)]);
  } catch (err) {
    context.log.fatal({ err }, "could not start");
    return program.end(1);
  }
  await aborted(context.stopping);
  return program.end(0);
}

/**
 * Runs a task in this process and ends the process: with exit code 0 if the task succeeded, 1 if it failed or was told
 * to end before, 78 if the settings are bad.
 */
export async function runTask<V extends Variable>(task: Task<V>): Promise<void> {
  const program = begin<V | BaseVariable>(task.settings);
  const { context } = program;
  const interrupted = aborted(context.stopping).then(() => {
    throw new Error("The task was told to end before it was done.");
  });
  try {
    await Promise.race([task.run(context), interrupted]);
  } catch (err) {
    context.log.fatal({ err }, "failed");
    return program.end(1);
  }
  return program.end(0);
}

interface Stop {
  readonly name: string;
  readonly stop: () => Promise<unknown> | unknown;
  readonly seconds: number;
}

/** What services and tasks begin with, and how they end. */
function begin<V extends Variable>(variables: readonly (V | BaseVariable)[]) {
  const settings = settingsOrExit<V | BaseVariable>([...baseVariables, ...variables]);
  const { LOG_LEVEL: level, LOG_FORMAT: format, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint } = settings;
  const { SERVICE_NAME: service } = settings;
  const log = createLogger({ service, level, format });
  endOnUnhandledFailure(log);
  const stopping = stopSignal(log);
  const traces = startTraces({ service, version, endpoint, log });
  const stops: Stop[] = [{ name: "traces", stop: traces.stop, seconds: stopSeconds }];
  const context: ProgramContext<V | BaseVariable> = {
    settings,
    log,
    stopping,
    onStop: (name, stop, { seconds } = { seconds: stopSeconds }) => void stops.push({ name, stop, seconds }),
  };
  const end = async (exitCode: number) => {
    for (let stop = stops.pop(); stop; stop = stops.pop()) await finish(stop, log);
    log.info({ exitCode }, "ended");
    process.exit(exitCode);
  };
  return { context, end };
}

function settingsOrExit<V extends Variable>(variables: readonly V[]): Settings<V> {
  try {
    return readSettings(variables);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(badSettingsExitCode);
  }
}

async function finish({ name, stop, seconds }: Stop, log: Logger): Promise<void> {
  try {
    await within(seconds * 1000, `stopping ${name}`, Promise.resolve(stop()));
  } catch (err) {
    log.warn({ err, part: name }, `${name} did not stop well; going on`);
  }
}

function stopSignal(log: Logger): AbortSignal {
  const controller = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) return;
      log.info({ signal }, "told to end");
      controller.abort();
    });
  return controller.signal;
}

/** The state of the process is unknown then: whatever runs it starts it anew. */
function endOnUnhandledFailure(log: Logger): void {
  process.on("uncaughtException", (err, origin) => {
    log.fatal({ err, origin }, "a failure that nobody handled");
    process.exit(1);
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

function metricsTokens() {
  return [readCredential("metrics", "token"), readOptionalCredential("metrics", "previous-token")];
}
