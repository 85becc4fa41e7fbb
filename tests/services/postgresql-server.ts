import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { credentialFiles } from "../../components/contract/runtime.ts";
import { own, template, uid } from "./postgresql-template.ts";
import { ensureProgram } from "./programs.ts";
import { freePort, ServerProcess } from "./server-process.ts";

export interface PostgresqlServer {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** Its folder, gone when the server is removed. */
  readonly dir: string;
  /** URL of the maintenance database, as superuser. */
  readonly superuserUrl: string;
  /** The platform's database, and the role that owns it and cannot log in. */
  readonly database: string;
  readonly owner: string;
  /** URL of the platform's database, as the platform's present login. */
  readonly url: string;
  /** Files of the platform's credential `database`, as a pod has them. */
  readonly credentials: { readonly usernameFile: string; readonly passwordFile: string };
  /** The settings and credentials of the contract that lead a program to this database. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes an empty database that the owner owns, and returns its URL as the platform's present login. */
  createDatabase(name: string): Promise<string>;
  /** Runs SQL as superuser. @returns what psql prints: one line for each row, columns separated by `|` */
  sql(text: string, database?: string): Promise<string>;
  /** Gives the platform another login, as a rotation does: the files change, the login before it stays valid. */
  rotateLogin(): Promise<void>;
  /** Ends it in order; clients are disconnected. */
  stop(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Starts it again after `stop` or `kill`, on the same port, with its data. */
  start(): Promise<void>;
  restart(): Promise<void>;
  /** It accepts connections but answers nothing, until `resume`. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** The last lines of its log. */
  log(): string;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

const host = "127.0.0.1";
const database = "iot_verification";
const owner = "iot_verification";
/** Durable against the end of a process, not of the machine; and nothing outside its folder outlives it. */
const defaults = {
  listen_addresses: host,
  fsync: "off",
  dynamic_shared_memory_type: "mmap",
  jit: "off",
  shared_buffers: "32MB",
  max_wal_size: "256MB",
  timezone: "GMT",
  log_timezone: "GMT",
  lc_messages: "C",
};

/**
 * Starts a PostgreSQL of its own on 127.0.0.1, with the platform's database, owner and login made as in a deployment.
 * To be removed after the tests; when the process dies before, a guard does that.
 *
 * @param settings parameters of postgresql.conf that differ
 */
export async function startPostgresql({
  settings = {},
}: {
  settings?: Readonly<Record<string, string | number>>;
} = {}): Promise<PostgresqlServer> {
  const dir = mkdtempSync(join(tmpdir(), "iot-postgresql-"));
  chmodSync(dir, 0o711);
  const programs = reachable(await ensureProgram("postgresql"), dir);
  const data = join(dir, "data");
  const socket = ownFolder(dir, "socket");
  cpSync(await template(programs), data, { recursive: true });
  await own(data);
  const port = await freePort();
  const parameters = {
    ...defaults,
    port,
    unix_socket_directories: socket,
    hba_file: hbaFile(dir),
    ...settings,
  };
  const server = new ServerProcess({
    file: programs.postgres,
    argv: ["-D", data, ...Object.entries(parameters).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    env: { PATH: process.env.PATH, LC_ALL: "C", TZ: "GMT" },
    uid,
    dir,
    ready: /database system is ready to accept connections/,
    stopSignal: "SIGINT",
  });
  try {
    await server.start();
    const psql = psqlOf({ program: programs.psql, socket, port });
    const password = newPassword();
    await psql([
      "--command",
      `ALTER ROLE postgres PASSWORD '${password}'`,
      "--command",
      `CREATE DATABASE ${database}`,
    ]);
    const login = new Login(dir, psql);
    await login.rotate();
    const { usernameFile, passwordFile } = login;
    const urlOf = (name: string) =>
      `postgresql://${readFileSync(usernameFile, "utf8")}:${readFileSync(passwordFile, "utf8")}@${host}:${port}/${name}`;
    return {
      host,
      port,
      dir,
      superuserUrl: `postgresql://postgres:${password}@${host}:${port}/postgres`,
      database,
      owner,
      get url() {
        return urlOf(database);
      },
      credentials: { usernameFile, passwordFile },
      environment: {
        DATABASE_HOST: host,
        DATABASE_PORT: String(port),
        DATABASE_NAME: database,
        [credentialFiles.database.username]: usernameFile,
        [credentialFiles.database.password]: passwordFile,
      },
      async createDatabase(name) {
        await psql(["--command", `CREATE DATABASE "${name}" OWNER ${owner}`]);
        return urlOf(name);
      },
      sql: (text, name = database) => psql(["--no-align", "--tuples-only", "--command", text], name),
      rotateLogin: () => login.rotate(),
      stop: () => server.stop(),
      async kill() {
        await server.kill();
        await removeSharedMemory(data);
      },
      start: () => server.start(),
      async restart() {
        await server.stop();
        await server.start();
      },
      pause: () => server.signal("SIGSTOP"),
      resume: () => server.signal("SIGCONT"),
      log: () => server.log,
      remove: () => server.remove(),
    };
  } catch (error) {
    await server.remove();
    throw error;
  }
}

type Psql = (argv: readonly string[], database?: string) => Promise<string>;

function psqlOf({ program, socket, port }: { program: string; socket: string; port: number }): Psql {
  const common = ["--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", `--host=${socket}`, `--port=${port}`];
  return async (argv, name = "postgres") => {
    const all = [...common, "--username=postgres", `--dbname=${name}`, ...argv];
    const { stdout } = await promisify(execFile)(program, all, {
      env: { PATH: process.env.PATH, LC_ALL: "C" },
    });
    return stdout.trimEnd();
  };
}

/** The platform's login: the roles are made by the script of the deployment, the files are those of a pod. */
class Login {
  readonly usernameFile: string;
  readonly passwordFile: string;
  readonly #script: string;
  readonly #nextPassword: string;
  readonly #monitoringPassword: string;
  readonly #psql: Psql;
  #published = "";

  constructor(dir: string, psql: Psql) {
    const folder = join(dir, "credentials");
    mkdirSync(folder, { mode: 0o700 });
    this.usernameFile = join(folder, "username");
    this.passwordFile = join(folder, "password");
    this.#script = join(folder, "roles.sql");
    this.#nextPassword = join(folder, "next-password");
    this.#monitoringPassword = join(folder, "monitoring-password");
    this.#psql = psql;
    writeFileSync(
      this.#script,
      rolesScript({
        "/run/server/password": this.#nextPassword,
        "/run/server/monitoring-password": this.#monitoringPassword,
      }),
    );
  }

  async rotate(): Promise<void> {
    const username = `${owner}_${randomBytes(4).toString("hex")}`;
    const password = newPassword();
    writeFileSync(this.#nextPassword, password);
    writeFileSync(this.#monitoringPassword, newPassword());
    const variables = { database, owner, login: username, published: this.#published };
    const argv = Object.entries(variables).map(([name, value]) => `--set=${name}=${value}`);
    await this.#psql([...argv, `--output=/dev/null`, `--file=${this.#script}`], database);
    for (const [file, value] of [
      [this.usernameFile, username],
      [this.passwordFile, password],
    ] as const) {
      writeFileSync(`${file}.part`, value);
      renameSync(`${file}.part`, file);
    }
    this.#published = username;
  }
}

/** The script of the deployment, with the passwords from other files. */
function rolesScript(files: Readonly<Record<string, string>>): string {
  const script = new URL("../../components/data/postgresql/roles.sql", import.meta.url);
  let text = readFileSync(script, "utf8");
  for (const [file, own] of Object.entries(files)) {
    const parts = text.split(file);
    if (parts.length !== 2)
      throw new Error(`${script.pathname} names ${file} ${parts.length - 1} times, not once`);
    text = parts.join(own);
  }
  return text;
}

/** What a server that was killed leaves behind in the kernel; the next start would remove it, if there is one. */
async function removeSharedMemory(data: string): Promise<void> {
  // https://www.postgresql.org/docs/17/storage-file-layout.html; the seventh line is key and id of the segment.
  const id = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n")[6]?.trim().split(/\s+/)[1];
  if (id) await promisify(execFile)("ipcrm", ["-m", id]);
}

/** Programs that the server's user can reach: those in the cache of root are copied to the server's folder. */
export function reachable<P extends Readonly<Record<string, string>>>(programs: P, dir: string): P {
  const bin = dirname(Object.values(programs)[0] ?? "");
  if (uid === undefined || isOpen(bin)) return programs;
  const copy = join(dir, "programs");
  cpSync(dirname(bin), copy, { recursive: true, verbatimSymlinks: true });
  const paths = Object.entries(programs).map(([name, path]) => [name, path.replace(dirname(bin), copy)]);
  return Object.fromEntries(paths) as P;
}

/** Whether everybody may enter the folder and those above it. */
function isOpen(folder: string): boolean {
  return (statSync(folder).mode & 0o001) !== 0 && (dirname(folder) === folder || isOpen(dirname(folder)));
}

function ownFolder(dir: string, name: string): string {
  const folder = join(dir, name);
  mkdirSync(folder, { mode: 0o700 });
  if (uid !== undefined) chownSync(folder, uid, uid);
  return folder;
}

/** As in a deployment, but that tests may come in as superuser, with a password. */
function hbaFile(dir: string): string {
  const file = join(dir, "pg_hba.conf");
  writeFileSync(file, "local all postgres trust\nhost all all 127.0.0.1/32 scram-sha-256\n", { mode: 0o644 });
  return file;
}

function newPassword(): string {
  return randomBytes(16).toString("hex");
}
