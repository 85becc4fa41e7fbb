/**
 * A Node.js language host for a Pulumi CLI that has none beside it. It speaks the contract that ships in
 * @pulumi/pulumi (proto/language) and starts that package's own entry points, so what a program sees is the same
 * as under the official host. Left out: code generation, installing dependencies, debuggers.
 */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process";
import type grpc from "@grpc/grpc-js";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb.js";
import type {
  GetProgramDependenciesRequest,
  GetRequiredPackagesRequest,
  ProgramInfo,
  RunPluginRequest,
  RunRequest,
} from "@pulumi/pulumi/proto/language_pb.js";
import language from "@pulumi/pulumi/proto/language_pb.js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { programDependencies, requiredPlugins, resolveFrom, sdkVersion } from "./packages.ts";
import { servePlugin, unary } from "./serve.ts";

/** The exit code by which cmd/run says that it has told the user everything already. */
const alreadyReported = 32;

/** Ends a child whose host was killed: the channel to the host closes with it. */
const endWithHost =
  "data:text/javascript,process.on('disconnect',()=>process.exit(1));process.channel.unref();";

const children = new Set<ChildProcess>();

/** The implementation of the service, for a server of one's own. `engine` is the address that the engine listens at. */
export function languageHost(engine: string): grpc.UntypedServiceImplementation {
  return {
    handshake: unary(() => new language.LanguageHandshakeResponse()),
    getPluginInfo: unary(() => new plugin.PluginInfo().setVersion(sdkVersion)),
    about: unary(() =>
      new language.AboutResponse().setExecutable(process.execPath).setVersion(process.version),
    ),
    getProgramDependencies: unary((request: GetProgramDependenciesRequest) =>
      new language.GetProgramDependenciesResponse().setDependenciesList(
        programDependencies(programDirectory(request.getInfo())).map(({ name, version }) =>
          new language.DependencyInfo().setName(name).setVersion(version),
        ),
      ),
    ),
    getRequiredPackages: unary((request: GetRequiredPackagesRequest) =>
      new language.GetRequiredPackagesResponse().setPackagesList(
        requiredPlugins(programDirectory(request.getInfo())).map(({ name, version, server }) =>
          new plugin.PackageDependency()
            .setName(name)
            .setKind("resource")
            .setVersion(version)
            .setServer(server),
        ),
      ),
    ),
    run: unary((request: RunRequest, call) => runProgram(engine, request, call)),
    runPlugin: (call: grpc.ServerWritableStream<RunPluginRequest, unknown>) => runPlugin(call),
    cancel: unary(() => {
      for (const child of children) child.kill("SIGTERM");
      return new empty.Empty();
    }),
  };
}

async function runProgram(
  engine: string,
  request: RunRequest,
  call: { on(event: "cancelled", listener: () => void): unknown },
): Promise<InstanceType<typeof language.RunResponse>> {
  const info = request.getInfo();
  const options = (info?.getOptions()?.toJavaScript() ?? {}) as Record<string, unknown>;
  const flags: Record<string, string> = {
    monitor: request.getMonitorAddress(),
    engine,
    organization: request.getOrganization(),
    project: request.getProject(),
    "root-directory": info?.getRootDirectory() ?? "",
    stack: request.getStack(),
    pwd: request.getPwd(),
    parallel: String(request.getParallel()),
  };
  const child = start({
    nodeArgs: typeof options.nodeargs === "string" ? options.nodeargs.split(/\s+/).filter(Boolean) : [],
    entryPoint: resolveFrom(programDirectory(info), "@pulumi/pulumi/cmd/run"),
    args: [
      ...Object.entries(flags).flatMap(([name, value]) => (value ? [`--${name}`, value] : [])),
      ...(request.getDryrun() ? ["--dry-run"] : []),
      request.getProgram() || ".",
      ...request.getArgsList(),
    ],
    cwd: request.getPwd(),
    env: {
      ...process.env,
      PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().toObject())),
      PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      ...(options.typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
      ...(typeof options.tsconfig === "string" ? { PULUMI_NODEJS_TSCONFIG_PATH: options.tsconfig } : {}),
    },
    output: "inherit",
  });
  call.on("cancelled", () => child.kill("SIGTERM"));
  const { code, signal } = await ended(child);
  const response = new language.RunResponse();
  if (code === 0) return response;
  if (code === alreadyReported) return response.setBail(true);
  return response.setError(
    signal ? `Program was ended by ${signal}` : `Program exited with non-zero exit code: ${code}`,
  );
}

function runPlugin(call: grpc.ServerWritableStream<RunPluginRequest, unknown>): void {
  const request = call.request;
  const directory = programDirectory(request.getInfo());
  const isPolicyPack = request.getKind() === "analyzer";
  let child: ChildProcess;
  try {
    child = start({
      nodeArgs: [],
      entryPoint: resolveFrom(directory, `@pulumi/pulumi/cmd/run-${isPolicyPack ? "policy-pack" : "plugin"}`),
      args: isPolicyPack ? [...request.getArgsList(), directory] : [directory, ...request.getArgsList()],
      // A policy pack reads its package.json from the working directory.
      cwd: isPolicyPack ? directory : request.getPwd(),
      env: Object.fromEntries(request.getEnvList().map(splitAssignment)),
      output: "pipe",
    });
  } catch (error) {
    call.destroy(error as Error);
    return;
  }
  call.on("cancelled", () => child.kill("SIGTERM"));
  child.stdout?.on("data", (data: Buffer) => call.write(new language.RunPluginResponse().setStdout(data)));
  child.stderr?.on("data", (data: Buffer) => call.write(new language.RunPluginResponse().setStderr(data)));
  ended(child).then(
    ({ code }) => {
      call.write(new language.RunPluginResponse().setExitcode(code ?? 1));
      call.end();
    },
    (error: Error) => call.destroy(error),
  );
}

function start(args: {
  nodeArgs: readonly string[];
  entryPoint: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  output: "inherit" | "pipe";
}): ChildProcess {
  const options: SpawnOptions = {
    cwd: args.cwd,
    env: args.env,
    stdio: ["ignore", args.output, args.output, "ipc"],
  };
  const argv = [`--import=${endWithHost}`, ...args.nodeArgs, args.entryPoint, ...args.args];
  const child = spawn(process.execPath, argv, options);
  children.add(child);
  child.once("close", () => children.delete(child));
  return child;
}

/** Resolves when a child has ended and all its output was read. Rejects when it could not be started. */
function ended(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
  });
}

function programDirectory(info: ProgramInfo | undefined): string {
  const directory = info?.getProgramDirectory();
  if (!directory) throw new Error("the Pulumi CLI named no program directory: it is older than 3.100");
  return directory;
}

function splitAssignment(assignment: string): [string, string] {
  const at = assignment.indexOf("=");
  return [assignment.slice(0, at), assignment.slice(at + 1)];
}

if (import.meta.main) {
  process.on("exit", () => {
    for (const child of children) child.kill("SIGKILL");
  });
  // The engine's address is the last argument; flags for logging and tracing may come before it.
  await servePlugin({
    plugin: "pulumi-language-nodejs",
    service: LanguageRuntimeService as unknown as grpc.ServiceDefinition,
    implementation: languageHost(process.argv.at(-1) ?? ""),
  });
}
