import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { credentials } from "@grpc/grpc-js";
import { LanguageRuntimeClient, LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type { GetRequiredPackagesResponse, RunResponse } from "@pulumi/pulumi/proto/language_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../../local/paths.ts";
import { languageHost } from "../../local/plugins/language-host.ts";
import { type PluginServer, requireFileBackend, startServer } from "../../local/plugins/serve.ts";
import { call, message, type Values } from "./grpc.ts";

describe("the language host", () => {
  let folder: string;
  let server: PluginServer;
  let client: LanguageRuntimeClient;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "language-host-"));
    const sdk = join(folder, "node_modules", "@pulumi", "pulumi");
    // Entry points that say how they were started, and end as their first program argument says.
    const entryPoint = `
      const fs = require("node:fs");
      const said = { argv: process.argv.slice(2), cwd: process.cwd(), pid: process.pid,
        config: process.env.PULUMI_CONFIG, typescript: process.env.PULUMI_NODEJS_TYPESCRIPT, mine: process.env.MINE };
      fs.writeFileSync(${JSON.stringify(join(folder, "said.json"))}, JSON.stringify(said));
      if (process.env.MINE) console.log("4711");
      const end = process.argv.at(-1);
      if (end === "wait") setInterval(() => {}, 1000); else process.exitCode = Number(end) || 0;`;
    write(join(sdk, "package.json"), JSON.stringify({ name: "@pulumi/pulumi", version: "9.9.9" }));
    for (const name of ["run", "run-policy-pack", "run-plugin"])
      write(join(sdk, "cmd", name, "index.js"), entryPoint);
    const manifest = { dependencies: { "@pulumi/pulumi": "*", "@pulumi/thing": "*" } };
    write(join(folder, "package.json"), JSON.stringify(manifest));
    const thing = {
      version: "1.2.3",
      pulumi: { resource: true, name: "thing", server: "https://example.com" },
    };
    write(join(folder, "node_modules", "@pulumi", "thing", "package.json"), JSON.stringify(thing));
    server = await startServer(LanguageRuntimeService as never, languageHost("127.0.0.1:1"));
    client = new LanguageRuntimeClient(`127.0.0.1:${server.port}`, credentials.createInsecure());
  });
  afterAll(() => {
    client.close();
    server.close();
    rmSync(folder, { recursive: true });
  });

  const write = (file: string, text: string) => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  const said = () => JSON.parse(readFileSync(join(folder, "said.json"), "utf8")) as Values & { pid: number };
  const info = (options: Values = {}) =>
    new language.ProgramInfo()
      .setRootDirectory(tmpdir())
      .setProgramDirectory(folder)
      .setEntryPoint(".")
      .setOptions(message(options));
  const runRequest = (end: string, options?: Values) => {
    const request = new language.RunRequest()
      .setMonitorAddress("127.0.0.1:2")
      .setPwd(folder)
      .setProgram(".")
      .setProject("project")
      .setStack("dev")
      .setDryrun(true)
      .setArgsList([end])
      .setInfo(info(options));
    request.getConfigMap().set("project:key", "value");
    return request;
  };

  it("runs a program with what the engine says about it", async () => {
    const response = await call<RunResponse>((done) =>
      client.run(runRequest("0", { typescript: false }), done),
    );
    expect(response.toObject()).toEqual({ error: "", bail: false });
    const { argv, config, typescript, cwd } = said();
    expect((argv as string[]).join(" ")).toBe(
      `--monitor 127.0.0.1:2 --engine 127.0.0.1:1 --project project --root-directory ${tmpdir()} --stack dev ` +
        `--pwd ${folder} --parallel 0 --dry-run . 0`,
    );
    expect({ config, typescript, cwd }).toEqual({
      config: '{"project:key":"value"}',
      typescript: undefined,
      cwd: folder,
    });
  });

  it("turns TypeScript on unless told not to", async () => {
    await call<RunResponse>((done) => client.run(runRequest("0"), done));
    expect(said().typescript).toBe("true");
  });

  it.each([
    ["32", { error: "", bail: true }],
    ["7", { error: "Program exited with non-zero exit code: 7", bail: false }],
  ])("answers exit code %s", async (code, expected) => {
    expect((await call<RunResponse>((done) => client.run(runRequest(code), done))).toObject()).toEqual(
      expected,
    );
  });

  it("says what to do when the SDK is not installed", async () => {
    const request = runRequest("0").setInfo(info().setProgramDirectory(tmpdir()));
    await expect(call<RunResponse>((done) => client.run(request, done))).rejects.toThrow(
      /@pulumi\/pulumi\/cmd\/run is not installed.*npm ci/,
    );
  });

  it("names the providers that the program depends on", async () => {
    const request = new language.GetRequiredPackagesRequest().setInfo(info());
    const response = await call<GetRequiredPackagesResponse>((done) =>
      client.getRequiredPackages(request, done),
    );
    expect(response.getPackagesList().map((each) => each.toObject())).toMatchObject([
      { name: "thing", kind: "resource", version: "1.2.3", server: "https://example.com" },
    ]);
  });

  it.each([
    ["analyzer", ["127.0.0.1:1"], (program: string) => ["127.0.0.1:1", program]],
    ["resource", ["127.0.0.1:1"], (program: string) => [program, "127.0.0.1:1"]],
  ] as const)(
    "runs a plugin of kind %s and passes on its output and exit code",
    async (kind, args, expected) => {
      const request = new language.RunPluginRequest()
        .setKind(kind)
        .setPwd(tmpdir())
        .setArgsList([...args])
        .setEnvList(["MINE=a=b", `PATH=${process.env.PATH}`])
        .setInfo(info());
      const output: { stdout: string; code: number | undefined } = { stdout: "", code: undefined };
      const stream = client.runPlugin(request);
      stream.on("data", (response: InstanceType<typeof language.RunPluginResponse>) => {
        output.stdout += Buffer.from(response.getStdout_asU8()).toString();
        if (response.hasExitcode()) output.code = response.getExitcode();
      });
      await new Promise((resolve, reject) => stream.on("end", resolve).on("error", reject));
      expect(output).toEqual({ stdout: "4711\n", code: 0 });
      expect(said()).toMatchObject({
        argv: expected(folder),
        mine: "a=b",
        cwd: kind === "analyzer" ? folder : tmpdir(),
      });
    },
  );

  it.each([
    ["closes standard input", (host: ChildProcess) => host.stdin?.end()],
    ["interrupts it", (host: ChildProcess) => host.kill("SIGINT")],
    ["kills it", (host: ChildProcess) => host.kill("SIGKILL")],
  ])("leaves no process when the engine %s", async (_, end) => {
    rmSync(join(folder, "said.json"), { force: true });
    const host = spawn(process.execPath, [join(root, "local/plugins/language-host.ts"), "127.0.0.1:1"], {
      env: { ...process.env, PULUMI_BACKEND_URL: "file:///nowhere" },
    });
    const port = await new Promise<string>((resolve) =>
      host.stdout.once("data", (data) => resolve(String(data).trim())),
    );
    const other = new LanguageRuntimeClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const run = call<RunResponse>((done) => other.run(runRequest("wait"), done)).catch(() => undefined);
    await expect.poll(() => said().pid, { timeout: 10_000 }).toBeGreaterThan(0);
    const { pid } = said();
    end(host);
    await run;
    await expect.poll(() => isAlive(pid) || isAlive(host.pid ?? 0), { timeout: 10_000 }).toBe(false);
    other.close();
  });
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("stand-ins", () => {
  it.each(["s3://bucket", "https://api.pulumi.com", undefined])("refuse the backend %s", (url) => {
    expect(() => requireFileBackend("pulumi-resource-random", url)).toThrow(
      /pulumi-resource-random is a stand-in.*only file:\/\/ backends are allowed/,
    );
  });

  it.each(["language-host.ts", "random-provider.ts"])(
    "%s does not start for a remote backend",
    async (file) => {
      const env = { ...process.env, PULUMI_BACKEND_URL: "s3://bucket" };
      const child = spawn(process.execPath, [join(root, "local/plugins", file), "127.0.0.1:1"], { env });
      let stderr = "";
      child.stderr.on("data", (data) => {
        stderr += data;
      });
      const code = await new Promise((resolve) => child.once("close", resolve));
      expect(code).toBe(1);
      expect(stderr).toMatch(/refuses the backend "s3:\/\/bucket"/);
      expect(stderr.trim().split("\n")).toHaveLength(1);
    },
  );
});
