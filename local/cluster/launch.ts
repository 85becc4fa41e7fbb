import { spawn } from "node:child_process";
import { X509Certificate } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { writeWhole } from "../files.ts";
import { type Admin, isReady, readAdmin } from "./api.ts";
import { type ClusterFiles, logFile, ownershipOf } from "./files.ts";
import { endProcesses, type OwnProcess, ownProcesses } from "./processes.ts";
import {
  auditPolicy,
  type ClusterTools,
  type Component,
  certifiedAddresses,
  components,
  kwokctlDocuments,
  type Ports,
  undialledAddress,
} from "./settings.ts";
import type { Stage } from "./stages.ts";

/** A start that failed, with the log that says why. */
export class LaunchError extends Error {
  readonly portTaken: boolean;
  constructor(args: { what: string; log: string; tail: string }) {
    super(`${args.what}\nThe end of its log (${args.log}):\n${args.tail.replace(/^/gm, "  ")}`);
    this.name = "LaunchError";
    this.portTaken = /address already in use|bind: permission denied/i.test(args.tail);
  }
}

/** The last lines of a text that say something, each cut to a readable length. */
export function tailOf(text: string, count = 12): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines
    .slice(-count)
    .map((line) => (line.length > 400 ? `${line.slice(0, 400)}…` : line))
    .join("\n");
}

function failure(what: string, log: string): LaunchError {
  const text = existsSync(log) ? readFileSync(log, "utf8") : "";
  // Go prints its goroutines after a panic: the reason stands before them.
  return new LaunchError({ what, log, tail: tailOf(text.split(/\n\ngoroutine \d+ /)[0] ?? "") || "(empty)" });
}

/**
 * The environment of kwokctl and so of the whole cluster: nothing of the caller's but where programs are found. Proxies,
 * the user's kwok and etcd settings stay out. kwokctl keeps its clusters in the home directory (KWOK_WORKDIR ends at the
 * first space of a path). Our kubectl comes first, as kwokctl prefers the one on PATH.
 */
function environment({ files, tools }: LaunchArgs): NodeJS.ProcessEnv {
  const path = [dirname(tools.kubectl), process.env.PATH].join(delimiter);
  return { PATH: path, HOME: files.dir, TMPDIR: process.env.TMPDIR };
}

export interface LaunchArgs {
  readonly files: ClusterFiles;
  readonly tools: ClusterTools;
  readonly stages: readonly Stage[];
  readonly ports: Ports;
  /** Where pods reach the API server. @default nowhere: no pod runs for real */
  readonly advertised?: string | undefined;
  /** Milliseconds until the API server must be ready. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** Whether the certificate that is there is good for these addresses; kwokctl makes one only where there is none. */
function isCertified(files: ClusterFiles, addresses: readonly string[]): boolean {
  try {
    const certificate = new X509Certificate(readFileSync(join(files.pki, "admin.crt")));
    return addresses.every((address) => certificate.checkIP(address) !== undefined);
  } catch {
    return false;
  }
}

/** Everything that kwokctl reads, and nothing left of an earlier start but certificates and data. */
function prepare({ files, tools, stages, ports, advertised = undialledAddress }: LaunchArgs): void {
  if (!isCertified(files, certifiedAddresses(advertised)))
    rmSync(files.pki, { recursive: true, force: true });
  for (const old of ["kwok.yaml", "bin", "pids", "logs", "kubeconfig.yaml"]) {
    rmSync(join(files.home, old), { recursive: true, force: true });
  }
  rmSync(files.kwokctlLog, { force: true });
  writeWhole(files.auditPolicy, stringify(auditPolicy));
  const documents = kwokctlDocuments({
    tools,
    ports,
    auditPolicyFile: files.auditPolicy,
    auditLog: files.auditLog,
    pki: files.pki,
    advertised,
  });
  writeWhole(
    files.config,
    [...documents, ...stages].map((one) => stringify(one, { lineWidth: 0 })).join("---\n"),
  );
}

const pidFile = (files: ClusterFiles, component: Component) => join(files.home, "pids", `${component}.pid`);

/** Runs kwokctl, which starts the components and leaves them running. */
function runKwokctl(args: LaunchArgs): { ended: Promise<number | string> } {
  const { files, tools } = args;
  const log = openSync(files.kwokctlLog, "a", 0o600);
  // Without leases: a restarted kwok would leave every node alone until the lease of its predecessor has run out.
  const flags = ["--name", files.name, "--kubeconfig", "", "--node-lease-duration-seconds", "0"];
  // The proof of ownership looks for the configuration at the end of the line.
  const argv = ["create", "cluster", ...flags, "--config", files.config];
  const child = spawn(tools.kwokctl, argv, {
    cwd: files.dir,
    env: environment(args),
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const ended = new Promise<number | string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  return { ended };
}

/** The components that kwokctl has started so far. */
const startedComponents = (files: ClusterFiles) =>
  components.filter((component) => existsSync(pidFile(files, component)));

/**
 * Starts the components on the given ports, over the data that is there, and waits until the API server is ready.
 * On failure and on the signal nothing is left running.
 * @throws LaunchError
 */
export async function launch(args: LaunchArgs): Promise<{ admin: Admin; processes: OwnProcess[] }> {
  const { files, ports, timeout } = args;
  const ownership = ownershipOf(files, undefined);
  prepare(args);
  const deadline = Date.now() + timeout;
  let exit: number | string | undefined;
  const { ended } = runKwokctl(args);
  ended.then((code) => {
    exit = code;
  });
  try {
    for (;;) {
      args.signal.throwIfAborted();
      // In this order: what is seen as started must then be seen running.
      const started = startedComponents(files);
      const processes = await ownProcesses(ownership);
      const gone = started.find((component) => !processes.some(({ role }) => role === component));
      if (gone) throw failure(`${gone} of the local cluster ended while it started.`, logFile(files, gone));
      if (exit !== undefined && exit !== 0) {
        throw failure(`kwokctl could not start the local cluster (${exit}).`, files.kwokctlLog);
      }
      if (exit === 0) {
        const admin = readAdmin({ pki: files.pki, port: ports.kubeApiserverPort });
        if (await isReady(admin)) return { admin, processes };
      }
      if (Date.now() > deadline) {
        const log = exit === 0 ? logFile(files, "kube-apiserver") : files.kwokctlLog;
        throw failure(`The API server of the local cluster was not ready after ${timeout / 1000} s.`, log);
      }
      await delay(50);
    }
  } catch (error) {
    await endProcesses(ownership, { gentle: true });
    throw error;
  }
}
