/** The servers as a deployment starts them: by the files of their ConfigMaps and the scripts in them, below a folder. */
import { execFile, spawn } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { configurationFiles as postgresqlFiles } from "../../components/data/postgresql/configuration.ts";
import { configurationFiles as redisFiles } from "../../components/data/redis/configuration.ts";
import { schema } from "../../config/schema.ts";
import { reachable } from "./postgresql-server.ts";
import { uid } from "./postgresql-template.ts";
import { ensureProgram } from "./programs.ts";
import { freePort, ServerProcess } from "./server-process.ts";

const { postgresql, redis } = schema.parse({});

/** What a pod was made for: entries of its accepted Secret. */
export type Accepted = Readonly<Record<string, string>>;

export interface DeployedServer {
  readonly port: number;
  /** The folder that stands for the root of the pod's file system. */
  readonly dir: string;
  /** Starts the server as a pod does that was made for these credentials; the one before is stopped. */
  start(accepted: Accepted): Promise<void>;
  /** Ends it in order. */
  stop(): Promise<void>;
  remove(): Promise<void>;
}

export interface DeployedPostgresql extends DeployedServer {
  readonly database: string;
  /** Parameters that the configuration asks for. */
  readonly parameters: Readonly<Record<string, string | number>>;
  /** Runs what comes before the server, which it kills as soon as it says this, if it is told to. @returns its exit code */
  prepare(accepted: Accepted, killAt?: RegExp): Promise<number | null>;
  /** Folder of the server's socket, where the superuser comes in. */
  readonly socket: string;
}

/** A folder with the parts of the pod's file system that scripts and configuration name, and programs on its PATH. */
function podFolder(args: {
  readonly name: string;
  readonly folders: readonly string[];
  readonly files: Readonly<Record<string, string>>;
  readonly configuration: string;
}) {
  const dir = mkdtempSync(join(tmpdir(), `iot-deployed-${args.name}-`));
  chmodSync(dir, 0o711);
  const folders = [...args.folders, args.configuration, "bin", "run/server", "run/secrets/accepted"];
  for (const folder of folders) mkdirSync(join(dir, folder), { recursive: true });
  const roots = ["run", "data", "etc", "var"].join("|");
  const below = new RegExp(String.raw`(?<![\w/.])/(?=(${roots})\b)`, "g");
  for (const [name, text] of Object.entries(args.files)) {
    writeFileSync(join(dir, args.configuration, name), text.replaceAll(below, `${dir}/`));
  }
  return dir;
}

function writeAccepted(dir: string, accepted: Accepted): void {
  for (const [entry, value] of Object.entries({ ...accepted, revision: "r1" })) {
    writeFileSync(join(dir, "run/secrets/accepted", entry), value);
  }
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
  const prepare = async (accepted: Accepted, killAt?: RegExp) => {
    writeAccepted(dir, accepted);
    if (uid !== undefined) for (const path of owned(dir)) chownSync(path, uid, uid);
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
    prepare,
    socket: env.PGHOST,
    async start(accepted) {
      await server.stop();
      await prepare(accepted);
      await server.start();
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

/** What the server's user writes to. */
function owned(dir: string): string[] {
  return ["run/server", "var/run/postgresql", "var/lib/postgresql/data", "tmp"].map((path) =>
    join(dir, path),
  );
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
  const programs = await ensureProgram("redis");
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
      writeAccepted(dir, accepted);
      await server.start();
    },
    stop: () => server.stop(),
    remove: () => server.remove(),
  };
}
