import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { credentialFiles } from "../../components/contract/runtime.ts";
import { ensureProgram } from "./programs.ts";
import { freePort, ServerProcess } from "./server-process.ts";

export interface RedisServer {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** Its folder, gone when the server is removed. */
  readonly dir: string;
  readonly password: string;
  /** File of the platform's credential `redis`, as a pod has it. */
  readonly passwordFile: string;
  readonly url: string;
  /** The settings and credentials of the contract that lead a program to this server. */
  readonly environment: Readonly<Record<string, string>>;
  /** Sends a command. @returns what redis-cli prints @throws Error when the server answers with an error */
  command(...words: string[]): Promise<string>;
  /** Forgets all keys. */
  flush(): Promise<void>;
  /** Ends it in order; its keys are gone. */
  stop(): Promise<void>;
  /** Ends it as a crash does. */
  kill(): Promise<void>;
  /** Starts it again after `stop` or `kill`, on the same port, empty. */
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

/**
 * Starts a Redis of its own on 127.0.0.1, with the permissions of a deployment and nothing on disk. To be removed after
 * the tests; when the process dies before, a guard does that.
 *
 * @param settings parameters of redis.conf that differ
 */
export async function startRedis({
  settings = {},
}: {
  settings?: Readonly<Record<string, string | number>>;
} = {}): Promise<RedisServer> {
  const programs = await ensureProgram("redis");
  const dir = mkdtempSync(join(tmpdir(), "iot-redis-"));
  const password = randomBytes(16).toString("hex");
  const passwordFile = join(dir, "password");
  writeFileSync(passwordFile, password, { mode: 0o600 });
  const aclFile = join(dir, "users.acl");
  writeFileSync(aclFile, `user default on >${password} ~* &* +@all -@admin\n`, { mode: 0o600 });
  const port = await freePort();
  const parameters = { bind: host, port, dir, aclfile: aclFile, save: "", appendonly: "no", ...settings };
  const server = new ServerProcess({
    file: programs["redis-server"],
    argv: Object.entries(parameters).flatMap(([name, value]) => [`--${name}`, String(value)]),
    env: { PATH: process.env.PATH, LC_ALL: "C" },
    dir,
    ready: /Ready to accept connections/,
    stopSignal: "SIGTERM",
  });
  const command = async (...words: string[]) => {
    const argv = ["-e", "-h", host, "-p", String(port), ...words];
    const env = { PATH: process.env.PATH, REDISCLI_AUTH: password };
    const { stdout } = await promisify(execFile)(programs["redis-cli"], argv, { env });
    return stdout.trimEnd();
  };
  try {
    await server.start();
  } catch (error) {
    await server.remove();
    throw error;
  }
  return {
    host,
    port,
    dir,
    password,
    passwordFile,
    url: `redis://default:${password}@${host}:${port}`,
    environment: {
      REDIS_HOST: host,
      REDIS_PORT: String(port),
      [credentialFiles.redis.password]: passwordFile,
    },
    command,
    async flush() {
      await command("FLUSHALL");
    },
    stop: () => server.stop(),
    kill: () => server.kill(),
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
}
