import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";

const environment = {
  SERVICE_NAME: "api-gateway",
  DATABASE_HOST: "127.0.0.1",
  DATABASE_PORT: "1",
  DATABASE_NAME: "platform",
  REDIS_HOST: "127.0.0.1",
  REDIS_PORT: "1",
  LOG_LEVEL: "info",
  LOG_FORMAT: "json",
  OTEL_EXPORTER_OTLP_ENDPOINT: "",
};

type Line = Readonly<Record<string, unknown>>;

/** A program that runs, the lines that it has logged, and how it ends. */
class Program {
  readonly lines: Line[] = [];
  readonly child: ChildProcess;
  errors = "";
  readonly #ended: Promise<unknown[]>;
  #notify = () => {};

  constructor(name: "service" | "task", variables: Readonly<Record<string, string>>) {
    const file = fileURLToPath(new URL(`programs/${name}.ts`, import.meta.url));
    const env = { PATH: process.env.PATH, ...environment, ...variables };
    const child = spawn(process.execPath, [file], { env, stdio: ["ignore", "pipe", "pipe"] });
    this.child = child;
    this.#ended = once(child, "close");
    child.stderr.on("data", (text) => {
      this.errors += text;
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.lines.push(JSON.parse(line));
      this.#notify();
    });
  }

  /** The line with this message, once there is one. */
  async line(message: string): Promise<Line> {
    for (;;) {
      const found = this.lines.find(({ msg }) => msg === message);
      if (found) return found;
      const ended = this.#ended.then(() =>
        Promise.reject(new Error(`It ended without: ${message}\n${this.errors}`)),
      );
      await Promise.race([new Promise<void>((resolve) => (this.#notify = resolve)), ended]);
    }
  }

  async exitCode(): Promise<unknown> {
    const [code, signal] = await this.#ended;
    return code ?? signal;
  }

  messages(): unknown[] {
    return this.lines.map(({ msg }) => msg);
  }
}

let program: Program;
afterEach(() => void program.child.kill("SIGKILL"));

const folder = mkdtempSync(join(tmpdir(), "lifecycle-"));
const tokenFile = join(folder, "token");
writeFileSync(tokenFile, "t0ken");
afterAll(() => rmSync(folder, { recursive: true }));

function start(name: "service" | "task", variables: Readonly<Record<string, string>> = {}) {
  program = new Program(name, variables);
  return program;
}

describe("a service", () => {
  it.each(["SIGTERM", "SIGINT"] as const)(
    "serves until %s, stops in reverse order and ends with 0",
    async (signal) => {
      const service = start("service", { PROMETHEUS_TOKEN_FILE: tokenFile });
      const { metrics } = await service.line("started");
      const { url } = await service.line("serving");
      expect((await fetch(`${url}/health`)).status).toBe(200);
      const scraped = await fetch(`${metrics}/metrics`, { headers: { authorization: "Bearer t0ken" } });
      expect(await scraped.text()).toContain('route="/health",status_class="2xx"} 1\n');
      service.child.kill(signal);
      expect(await service.exitCode()).toBe(0);
      expect(service.messages().slice(-4)).toEqual([
        "told to end",
        "stopping second",
        "stopping first",
        "ended",
      ]);
      expect(service.lines.at(-1)).toMatchObject({ service: "api-gateway", exitCode: 0 });
      expect(service.errors).toBe("");
    },
  );

  it("says with code 78 what is wrong with its settings, all of it", async () => {
    const service = start("service", { REDIS_PORT: "none", LOG_LEVEL: "loud" });
    expect(await service.exitCode()).toBe(78);
    expect(service.errors).toBe(
      "The environment does not keep the runtime contract.\n" +
        '- LOG_LEVEL is "loud" (least severe level that is written: debug, info, warn or error; allowed: one of debug, info, warn, error)\n' +
        '- REDIS_PORT is "none" (TCP port of the Redis service; allowed: a whole number from 1 to 65535)\n' +
        "Correct the environment of the process; in a cluster, the stack's configuration gives it.\n",
    );
    expect(service.lines).toEqual([]);
  });

  it("ends with 1 when it cannot start, and stops what it had started", async () => {
    const service = start("service", { BEHAVIOUR: "cannot start" });
    expect(await service.exitCode()).toBe(1);
    expect(await service.line("could not start")).toMatchObject({
      level: "fatal",
      err: { message: "no database" },
    });
    expect(service.messages()).toContain("stopping first");
  });

  it("ends when it is told to before it has started", async () => {
    const service = start("service", { BEHAVIOUR: "never starts" });
    await service.line("serving");
    service.child.kill("SIGTERM");
    expect(await service.exitCode()).toBe(0);
    expect(service.messages()).toContain("stopping first");
  });

  it("gives up on a part that does not stop, and stops the others, whatever further signals come", async () => {
    const service = start("service", { BEHAVIOUR: "never stops" });
    await service.line("started");
    service.child.kill("SIGTERM");
    await service.line("told to end");
    service.child.kill("SIGINT");
    expect(await service.exitCode()).toBe(0);
    expect(await service.line("stuck did not stop well; going on")).toMatchObject({
      level: "warn",
      part: "stuck",
      err: { message: "stopping stuck took longer than 500 ms" },
    });
    expect(service.messages()).toContain("stopping first");
    expect(service.messages().filter((message) => message === "told to end")).toHaveLength(1);
  });

  it.each([
    ["throws later", "uncaughtException"],
    ["rejects later", "unhandledRejection"],
  ])("ends with 1 when something %s", async (behaviour, origin) => {
    const service = start("service", { BEHAVIOUR: behaviour });
    expect(await service.exitCode()).toBe(1);
    expect(await service.line("a failure that nobody handled")).toMatchObject({
      level: "fatal",
      origin,
      err: { message: "nobody handles this" },
    });
  });
});

describe("a task", () => {
  it("ends with 0 when it is done", async () => {
    const task = start("task");
    expect(await task.exitCode()).toBe(0);
    expect(task.messages()).toEqual(["working", "stopping the pool", "ended"]);
    expect(task.lines[0]).toMatchObject({ database: "platform" });
  });

  it("ends with 1 when it fails", async () => {
    const task = start("task", { BEHAVIOUR: "fails" });
    expect(await task.exitCode()).toBe(1);
    expect(await task.line("failed")).toMatchObject({
      level: "fatal",
      err: { message: "migration 3 failed" },
    });
    expect(task.messages()).toContain("stopping the pool");
  });

  it("ends with 1 when it is told to end before it is done", async () => {
    const task = start("task", { BEHAVIOUR: "takes long" });
    await task.line("working");
    task.child.kill("SIGTERM");
    expect(await task.exitCode()).toBe(1);
    expect(await task.line("failed")).toMatchObject({
      err: { message: "The task was told to end before it was done." },
    });
  });
});
