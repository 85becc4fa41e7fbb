/** A versitygw as the stack starts it, and the programs and scripts of backups, run as their pods run them. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import type { StorageMode } from "../../../components/contract/object-storage.ts";
import { credentialFiles } from "../../../components/contract/runtime.ts";
import { versitygwPod } from "../../../components/storage/versitygw.ts";
import { Store } from "../../../services/object-storage/store.ts";
import { ensureProgram } from "../programs.ts";
import { freePort, ServerProcess } from "../server-process.ts";
import type { PostgresqlServer } from "../servers.ts";

export interface ObjectStorageServer {
  /** `HOST:PORT`. */
  readonly address: string;
  /** Environment that leads a program to its bucket `backups`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Folder that holds the bucket's objects as files. */
  readonly bucketFolder: string;
  /** Its own folder, for whatever belongs to the tests; gone when the server is removed. */
  readonly dir: string;
  /** The bucket, as the programs see it. */
  readonly store: Store;
  /** Names of what it has counted so far. */
  readonly counted: ReadonlySet<string>;
  remove(): Promise<void>;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));
const keyPair = { accessKeyId: "iot-verification", secretAccessKey: "a-key:with\\all/sorts+of=characters" };

/** Starts one with its own scripts and the settings of its pod, but for addresses and folders. */
export async function startObjectStorage(): Promise<ObjectStorageServer> {
  const { versitygw } = await ensureProgram("versitygw");
  const dir = mkdtempSync(join(tmpdir(), "iot-object-storage-"));
  const files = writeFiles(join(dir, "accepted"), {
    "access-key-id": keyPair.accessKeyId,
    "secret-access-key": keyPair.secretAccessKey,
    revision: "1",
  });
  const data = join(dir, "data");
  mkdirSync(data);
  const counted = new Set<string>();
  const statsd = createSocket("udp4", (message) => {
    for (const line of message.toString().split("\n")) counted.add(line.split(/[,:]/, 1)[0] ?? "");
  });
  statsd.bind(0, "127.0.0.1");
  await once(statsd, "listening");
  const address = `127.0.0.1:${await freePort()}`;
  const settings = podSettings();
  const server = new ServerProcess({
    file: "/bin/sh",
    argv: [
      join(root, "components/storage/await-accepted.sh"),
      "sh",
      join(root, "components/storage/start.sh"),
    ],
    env: {
      ...settings,
      PATH: `${dirname(versitygw)}:${process.env.PATH}`,
      ACCEPTED: join(dir, "accepted"),
      ACCEPTED_REVISION: "1",
      DATA: data,
      VGW_PORT: address,
      VGW_METRICS_STATSD_SERVERS: `127.0.0.1:${statsd.address().port}`,
    },
    dir,
    ready: /single account mode/,
    stopSignal: "SIGTERM",
  });
  await server.start();
  await answering(`http://${address}${settings.VGW_HEALTH}`);
  const bucket = { endpoint: `http://${address}`, region: "eu-central-1", bucket: "backups" };
  const store = new Store({ ...bucket, keyPair: () => keyPair });
  const { "access-key-id": idVariable, "secret-access-key": keyVariable } = credentialFiles["object-storage"];
  return {
    address,
    dir,
    store,
    counted,
    bucketFolder: join(data, "buckets", bucket.bucket),
    environment: {
      OBJECT_STORAGE_ENDPOINT: bucket.endpoint,
      OBJECT_STORAGE_REGION: bucket.region,
      OBJECT_STORAGE_BUCKET: bucket.bucket,
      [idVariable]: files["access-key-id"] ?? "",
      [keyVariable]: files["secret-access-key"] ?? "",
    },
    async remove() {
      store.close();
      statsd.close();
      await server.remove();
    },
  };
}

/** Settings of the server's container. */
function podSettings(): Record<string, string> {
  const size = { cpu: "1", memory: "1Gi" };
  const resources = { requests: size, limits: size };
  const { containers } = versitygwPod(
    {
      kind: "versitygw",
      image: "",
      resources,
      storage: { size: "1Gi" },
      exporterImage: "",
      exporterResources: resources,
    },
    {
      region: "eu-central-1",
      accepted: { secret: pulumi.output("accepted"), revision: pulumi.output("1") },
    },
  );
  const env = containers[0]?.env ?? [];
  return Object.fromEntries(env.map(({ name, value }) => [String(name), String(value)]));
}

async function answering(url: string): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.status === 200) return;
    await delay(25);
  }
  throw new Error(`${url} does not answer`);
}

export function writeFiles(
  folder: string,
  contents: Readonly<Record<string, string>>,
): Record<string, string> {
  mkdirSync(folder, { recursive: true });
  return Object.fromEntries(
    Object.entries(contents).map(([name, content]) => {
      const file = join(folder, name);
      writeFileSync(file, content, { mode: 0o600 });
      return [name, file];
    }),
  );
}

type Line = Readonly<Record<string, unknown>> & { readonly msg: string };

/** How a program ended. */
export interface Ended {
  /** Exit code, or the signal that ended it. */
  readonly code: number | string | null;
  readonly lines: readonly Line[];
  readonly errors: string;
}

/** A program of the object storage that runs. */
export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the program of the object storage. */
export function startProgram(
  mode: StorageMode | "nothing",
  environment: Readonly<Record<string, string>>,
): Running {
  const env = {
    PATH: process.env.PATH,
    SERVICE_NAME: "test",
    LOG_LEVEL: "info",
    LOG_FORMAT: "json",
    OTEL_EXPORTER_OTLP_ENDPOINT: "",
    BACKUP_FOLDER: "database",
    BACKUP_KEEP_LATEST: "100",
    BACKUP_KEEP_DAILY: "0",
    BACKUP_KEEP_WEEKLY: "0",
    BACKUP: "latest",
    ...environment,
  };
  const argv = [join(root, "services/object-storage/main.ts"), mode];
  const child = spawn(process.execPath, argv, { env, stdio: ["ignore", "pipe", "pipe"] });
  const lines: Line[] = [];
  let errors = "";
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(JSON.parse(line)));
  child.stderr.on("data", (text) => {
    errors += text;
  });
  const ended = once(child, "close").then(([code, signal]) => ({ code: code ?? signal, lines, errors }));
  return { child, ended };
}

export function runProgram(...args: Parameters<typeof startProgram>): Promise<Ended> {
  return startProgram(...args).ended;
}

/** Runs a script of the backups with the programs of PostgreSQL. @throws Error with what it says when it fails */
export async function runScript(
  name: "dump" | "restore",
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout } = await promisify(execFile)("bash", [scriptFile(name)], {
    env: await scriptEnvironment(environment),
  });
  return stdout;
}

export function scriptFile(name: "dump" | "restore"): string {
  return join(root, "components/backup", `${name}.sh`);
}

export async function scriptEnvironment(
  environment: Readonly<Record<string, string>>,
): Promise<NodeJS.ProcessEnv> {
  const { pg_dump } = await ensureProgram("postgresql");
  return { PATH: `${dirname(pg_dump)}:${process.env.PATH}`, TZ: "UTC", ...environment };
}

/** Runs the migrations of the platform's database. */
export async function migrate(environment: Readonly<Record<string, string>>): Promise<void> {
  const env = {
    PATH: process.env.PATH,
    SERVICE_NAME: "database-migrations",
    LOG_LEVEL: "warn",
    LOG_FORMAT: "json",
    OTEL_EXPORTER_OTLP_ENDPOINT: "",
    ...environment,
  };
  await promisify(execFile)(process.execPath, [join(root, "services/migrations/main.ts")], { env });
}

/** A connection in the way of a program: each piece of data passes through a function, of either direction. */
export async function startProxy(
  target: string,
  pass: { readonly out?: (data: Buffer) => Buffer; readonly back?: (data: Buffer) => Buffer },
): Promise<{ readonly address: string; close(): void }> {
  const [host, port] = target.split(":");
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    for (const [from, to, change] of [
      [client, upstream, pass.out],
      [upstream, client, pass.back],
    ] as const) {
      sockets.add(from);
      from.on("data", (data) => void to.write(change ? change(data) : data));
      from.on("close", () => to.destroy());
      from.on("error", () => to.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port: own } = server.address() as { port: number };
  return {
    address: `127.0.0.1:${own}`,
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** What statsd-exporter is told to make of what the server counts: the names that it knows. */
export function mappedNames(): string[] {
  const file = join(root, "components/storage/metrics.yaml");
  return [...readFileSync(file, "utf8").matchAll(/match: (versitygw\.\S+)/g)].map(([, name]) => name ?? "");
}

/** All that a database holds, as text: schema, rows, owners, permissions. */
export async function plainDump({ superuserUrl, database }: PostgresqlServer): Promise<string> {
  const { pg_dump } = await ensureProgram("postgresql");
  const url = superuserUrl.replace(/[^/]+$/, database);
  const { stdout } = await promisify(execFile)(pg_dump, [`--dbname=${url}`], { maxBuffer: 2 ** 28 });
  // Keys of the file that are made anew each time.
  return stdout.replaceAll(/^\\(un)?restrict .*$/gm, "");
}
