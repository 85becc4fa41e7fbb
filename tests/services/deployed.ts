/** The servers as a deployment starts them: by the files of their ConfigMaps and the scripts in them, below a folder. */
import { execFile, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { configurationFiles as postgresqlFiles } from "../../components/data/postgresql/configuration.ts";
import { postgresqlPod } from "../../components/data/postgresql/pod.ts";
import { configurationFiles as redisFiles } from "../../components/data/redis/configuration.ts";
import { schema } from "../../config/schema.ts";
import { reachable } from "./postgresql-server.ts";
import { uid } from "./postgresql-template.ts";
import { ensureProgram } from "./programs.ts";
import { freePort, ServerProcess } from "./server-process.ts";

const { postgresql, redis } = schema.parse({});

/** Entries of a Secret. */
export type Entries = Readonly<Record<string, string>>;

export interface DeployedServer {
  readonly port: number;
  /** The folder that stands for the root of the pod's file system. */
  readonly dir: string;
  /** Starts the server in a new pod that was made for these credentials; the pod before ends. */
  start(accepted: Entries): Promise<void>;
  /** Ends the server as a crash does; whatever the pod starts is started again in the same pod. */
  crash(): Promise<void>;
  /** What readers are told to use from now on. */
  publish(entries: Entries): void;
  /** Ends it in order. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export interface DeployedPostgresql extends DeployedServer {
  readonly database: string;
  /** Parameters that the configuration asks for. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Runs what comes before the server, which it kills as soon as it says this, if it is told to. @returns its exit code */
  prepare(accepted: Entries, killAt?: RegExp): Promise<number | null>;
  /** Asks the readiness probe of the pod. */
  isReady(): Promise<boolean>;
  /** Folder of the server's socket, where the superuser comes in. */
  readonly socket: string;
}

/** A folder with the parts of the pod's file system that scripts and configuration name, and programs on its PATH. */
function podFolder(args: {
  readonly name: string;
  /** What the server's user writes to, besides the memory that every pod has. */
  readonly folders: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly configuration: string;
}) {
  const dir = mkdtempSync(join(tmpdir(), `iot-deployed-${args.name}-`));
  chmodSync(dir, 0o711);
  const folders = [
    ...args.folders,
    args.configuration,
    "bin",
    "run/secrets/accepted",
    "run/secrets/published",
  ];
  for (const folder of folders) mkdirSync(join(dir, folder), { recursive: true });
  for (const folder of args.folders) give(join(dir, folder));
  for (const [name, text] of Object.entries(args.files)) {
    writeFileSync(join(dir, args.configuration, name), below(dir, text));
  }
  return dir;
}

/** A text whose paths are those of the pod, with what they are below the folder. */
function below(dir: string, text: string): string {
  return text.replaceAll(/(?<![\w/.])\/(?=(run|data|etc|var)\b)/g, `${dir}/`);
}

function give(path: string): void {
  if (uid !== undefined) chownSync(path, uid, uid);
}

/** The memory of a pod that begins. */
function emptyMemory(dir: string): void {
  const memory = join(dir, "run/server");
  rmSync(memory, { recursive: true, force: true });
  mkdirSync(memory);
  give(memory);
}

/** As the kubelet mounts it: others' files, which the server's group can read, replaced when they change. */
function writeSecret(dir: string, secret: "accepted" | "published", entries: Entries): void {
  for (const [entry, value] of Object.entries(entries)) {
    const file = join(dir, "run/secrets", secret, entry);
    rmSync(file, { force: true });
    writeFileSync(file, value);
    if (uid !== undefined) chownSync(file, 0, uid);
    chmodSync(file, 0o440);
  }
}

function writeAccepted(dir: string, accepted: Entries): void {
  writeSecret(dir, "accepted", { ...accepted, revision: "r1" });
}

function program(dir: string, name: string, script: string): void {
  writeFileSync(join(dir, "bin", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** PostgreSQL by prepare.sh, roles.sql and its configuration, with the sizes of the defaults. */
export async function deployedPostgresql(): Promise<DeployedPostgresql> {
  const database = "records";
  const { parameters } = postgresql;
  const dir = podFolder({
    name: "postgresql",
    folders: ["var/run/postgresql", "var/lib/postgresql/data", "tmp"],
    files: postgresqlFiles({ database, parameters }),
    configuration: "etc/postgresql",
  });
  const programs = reachable(await ensureProgram("postgresql"), dir);
  program(dir, "createdb", `exec psql --no-psqlrc --quiet --command="CREATE DATABASE \\"$2\\""`);
  const port = await freePort();
  const env = {
    PATH: [join(dir, "bin"), dirname(programs.postgres), process.env.PATH].join(":"),
    LC_ALL: "C",
    TMPDIR: join(dir, "tmp"),
    PGPORT: String(port),
    PGHOST: join(dir, "var/run/postgresql"),
    PGDATA: join(dir, "var/lib/postgresql/data/pgdata"),
    DATABASE_NAME: database,
    DATABASE_OWNER: "keeper",
    ACCEPTED_REVISION: "r1",
  };
  const server = new ServerProcess({
    file: programs.postgres,
    argv: ["-c", `config_file=${join(dir, "etc/postgresql/postgresql.conf")}`],
    env,
    uid,
    dir,
    ready: /database system is ready to accept connections/,
    stopSignal: "SIGINT",
  });
  emptyMemory(dir);
  const prepareAgain = async (killAt?: RegExp) => {
    const user = uid === undefined ? {} : { uid, gid: uid };
    const argv = [join(dir, "etc/postgresql/prepare.sh")];
    const child = spawn("bash", killAt ? ["-x", ...argv] : argv, {
      env,
      cwd: dir,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      ...user,
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text: Buffer) => {
        said += text;
        if (killAt?.test(said) && child.pid) process.kill(-child.pid, "SIGKILL");
      });
    }
    // What it has started may hold its output open.
    const code = await new Promise<number | null>((resolve) => child.once("exit", resolve));
    if (killAt) await killServer(env.PGDATA);
    if (code !== 0 && !killAt) throw new Error(`prepare.sh ends with ${code}:\n${said}`);
    return code;
  };
  return {
    dir,
    port,
    database,
    parameters,
    prepare(accepted, killAt) {
      writeAccepted(dir, accepted);
      return prepareAgain(killAt);
    },
    socket: env.PGHOST,
    async start(accepted) {
      await server.stop();
      emptyMemory(dir);
      writeAccepted(dir, accepted);
      await prepareAgain();
      await server.start();
    },
    async crash() {
      await server.kill();
      await prepareAgain();
      await server.start();
    },
    publish: (entries) => writeSecret(dir, "published", entries),
    async isReady() {
      const pod = postgresqlPod({ ...postgresql, image: "any", database, owner: env.DATABASE_OWNER });
      const { exec } = pod.container.readinessProbe as { exec: { command: string[] } };
      const [file = "", ...argv] = exec.command.map((word) => below(dir, word));
      return promisify(execFile)(file, argv, { env }).then(
        () => true,
        () => false,
      );
    },
    stop: () => server.stop(),
    remove: () => server.remove(),
  };
}

/** As the end of a container does, which is the end of all its processes; this one has a session of its own. */
async function killServer(data: string): Promise<void> {
  const file = join(data, "postmaster.pid");
  const pid = existsSync(file) && Number(readFileSync(file, "utf8").split("\n")[0]);
  if (!pid) return;
  const { stdout } = await promisify(execFile)("pgrep", ["-P", String(pid)]).catch(() => ({ stdout: "" }));
  const all = [pid, ...stdout.split("\n").filter(Boolean).map(Number)];
  for (const each of all) if (isRunning(each)) process.kill(each, "SIGKILL");
  while (all.some(isRunning)) await delay(20);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Redis by start.sh and its configuration, with the sizes of the defaults; a user `admin` is added to those of start.sh. */
export async function deployedRedis(): Promise<DeployedServer & { readonly adminPassword: string }> {
  const adminPassword = "of-this-test-alone";
  const dir = podFolder({
    name: "redis",
    folders: ["data"],
    files: redisFiles(redis),
    configuration: "etc/redis",
  });
  const programs = reachable(await ensureProgram("redis"), dir);
  const port = await freePort();
  const users = join(dir, "run/server/users.acl");
  program(
    dir,
    "redis-server",
    `echo 'user admin on >${adminPassword} ~* &* +@all' >>${users}
exec ${programs["redis-server"]} "$@" --port ${port} --bind 127.0.0.1`,
  );
  const server = new ServerProcess({
    file: "sh",
    argv: [join(dir, "etc/redis/start.sh")],
    env: { PATH: `${join(dir, "bin")}:${process.env.PATH}`, LC_ALL: "C", ACCEPTED_REVISION: "r1" },
    uid,
    dir,
    ready: /Ready to accept connections/,
    stopSignal: "SIGTERM",
  });
  return {
    dir,
    port,
    adminPassword,
    async start(accepted) {
      await server.stop();
      emptyMemory(dir);
      writeAccepted(dir, accepted);
      await server.start();
    },
    async crash() {
      await server.kill();
      await server.start();
    },
    publish: (entries) => writeSecret(dir, "published", entries),
    stop: () => server.stop(),
    remove: () => server.remove(),
  };
}
