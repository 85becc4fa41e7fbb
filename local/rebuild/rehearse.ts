/**
 * Runs the program of a stack to its end with this process in the engine's place: what it registers is written down as the
 * engine would, and what it is told of each resource is the caller's to say. Nothing is created, read or changed.
 */
import { randomUUID } from "node:crypto";
import type grpc from "@grpc/grpc-js";
import { EngineService } from "@pulumi/pulumi/proto/engine_grpc_pb.js";
import engineMessages from "@pulumi/pulumi/proto/engine_pb.js";
import { ResourceMonitorService } from "@pulumi/pulumi/proto/resource_grpc_pb.js";
import type {
  RegisterResourceOutputsRequest,
  RegisterResourceRequest,
  SupportsFeatureRequest,
} from "@pulumi/pulumi/proto/resource_pb.js";
import messages from "@pulumi/pulumi/proto/resource_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import { startProgram } from "../child.ts";
import { resolveFrom } from "../plugins/packages.ts";
import { messageOf, type Properties, propertiesOf, withMarks } from "../plugins/properties.ts";
import { startServer, unary } from "../plugins/serve.ts";
import { providerIdOf, providerUrnOf, urnOf } from "./urns.ts";

/** A resource as the program asks for it. Secret values in properties carry Pulumi's mark. */
export interface Registration {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** False for a component. */
  readonly custom: boolean;
  /** URN; absent for the stack itself. */
  readonly parent: string | undefined;
  /** URN and ID of its provider, joined by `::`; absent for components and providers. */
  readonly provider: string | undefined;
  readonly inputs: Properties;
  readonly dependencies: readonly string[];
  /** URNs by input. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  readonly additionalSecretOutputs: readonly string[];
  /** Paths of inputs whose changes are not made, such as `spec.volumeClaimTemplates`. */
  readonly ignoreChanges: readonly string[];
  /** Seconds that its operations may take, by name. */
  readonly customTimeouts: Readonly<Record<string, number>>;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
}

/** What the program is told of a custom resource. */
export interface Answer {
  readonly id: string;
  readonly outputs: Properties;
}

/** One that was answered. */
export interface Registered extends Registration, Answer {}

export interface RehearsalArgs {
  /** The folder with the program. */
  readonly program: string;
  readonly project: string;
  readonly stack: string;
  /** What the engine would run it with. */
  readonly env: NodeJS.ProcessEnv;
  /** Values of the configuration, in plain text, by full key. */
  readonly config: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
  /** What a custom resource that is no provider has become. */
  readonly answer: (registration: Registration) => Answer;
}

/**
 * @returns everything that was registered, each after what it depends on; the outputs of components are theirs
 * @throws Error with all that the program said when it fails
 */
export async function rehearse(args: RehearsalArgs): Promise<Registered[]> {
  const registered = new Map<string, Registered>();
  const said: string[] = [];
  const monitor = await startServer(
    ResourceMonitorService as unknown as grpc.ServiceDefinition,
    monitorOf(args, registered),
  );
  const engine = await startServer(
    EngineService as unknown as grpc.ServiceDefinition,
    engineOf((message) => said.push(message)),
  );
  try {
    const { child, ended } = startProgram(process.execPath, argvOf(args, monitor.port, engine.port), {
      cwd: args.program,
      env: {
        ...args.env,
        PULUMI_CONFIG: JSON.stringify(args.config),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(args.secretKeys),
      },
      stdio: "pipe",
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding("utf8").on("data", (text: string) => said.push(text));
    const code = await ended;
    if (code !== 0) throw new Error(`the program failed with exit code ${code}:\n${said.join("\n")}`);
  } finally {
    monitor.close();
    engine.close();
  }
  return [...registered.values()];
}

function argvOf({ program, project, stack }: RehearsalArgs, monitor: number, engine: number): string[] {
  const flags: Readonly<Record<string, string>> = {
    monitor: `127.0.0.1:${monitor}`,
    engine: `127.0.0.1:${engine}`,
    project,
    stack,
    organization: "organization",
    pwd: program,
    "root-directory": program,
    parallel: "64",
  };
  return [
    resolveFrom(program, "@pulumi/pulumi/cmd/run"),
    ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]),
    ".",
  ];
}

/** What the engine offers a program. Everything that it does not say is "not implemented", as with an older engine. */
function monitorOf(
  args: RehearsalArgs,
  registered: Map<string, Registered>,
): grpc.UntypedServiceImplementation {
  const offered = ["secrets", "aliasSpecs", "deletedWith"];
  return {
    supportsFeature: unary((request: SupportsFeatureRequest) =>
      new messages.SupportsFeatureResponse().setHassupport(offered.includes(request.getId())),
    ),
    registerResource: unary((request: RegisterResourceRequest) => {
      const registration = registrationOf(args, request, registered);
      const { id, outputs } = answerOf(args, registration);
      registered.set(registration.urn, { ...registration, id, outputs });
      return new messages.RegisterResourceResponse()
        .setUrn(registration.urn)
        .setId(id)
        .setObject(messageOf(withMarks(outputs, registration.additionalSecretOutputs)));
    }),
    registerResourceOutputs: unary((request: RegisterResourceOutputsRequest) => {
      const resource = registered.get(request.getUrn());
      if (resource)
        registered.set(resource.urn, { ...resource, outputs: propertiesOf(request.getOutputs()) });
      return new empty.Empty();
    }),
    signalAndWaitForShutdown: unary(() => new empty.Empty()),
  };
}

function engineOf(say: (message: string) => void): grpc.UntypedServiceImplementation {
  let root = "";
  return {
    log: unary((request: InstanceType<typeof engineMessages.LogRequest>) => {
      if (request.getSeverity() >= engineMessages.LogSeverity.WARNING) say(request.getMessage());
      return new empty.Empty();
    }),
    getRootResource: unary(() => new engineMessages.GetRootResourceResponse().setUrn(root)),
    setRootResource: unary((request: InstanceType<typeof engineMessages.SetRootResourceRequest>) => {
      root = request.getUrn();
      return new engineMessages.SetRootResourceResponse();
    }),
    requirePulumiVersion: unary(() => new engineMessages.RequirePulumiVersionResponse()),
  };
}

function answerOf(args: RehearsalArgs, registration: Registration): Answer {
  if (!registration.custom) return { id: "", outputs: {} };
  if (!isProvider(registration.type)) return args.answer(registration);
  return { id: randomUUID(), outputs: registration.inputs };
}

/** Whether a type is of providers. */
export const isProvider = (type: string) => type.startsWith("pulumi:providers:");

function registrationOf(
  { project, stack }: RehearsalArgs,
  request: RegisterResourceRequest,
  registered: Map<string, Registered>,
): Registration {
  const [type, name] = [request.getType(), request.getName()];
  const parent = request.getParent() || undefined;
  const place = { project, stack };
  const custom = request.getCustom();
  const version = request.getVersion();
  const inputs = propertiesOf(request.getObject());
  const own = isProvider(type) ? { ...inputs, version } : inputs;
  return {
    urn: urnOf(place, { type, name, parent }),
    type,
    name,
    custom,
    parent,
    provider:
      !custom || isProvider(type)
        ? undefined
        : request.getProvider() || defaultProvider(place, { type, version }, registered),
    inputs: own,
    dependencies: request.getDependenciesList(),
    propertyDependencies: Object.fromEntries(
      [...request.getPropertydependenciesMap().entries()].map(([property, on]) => [
        property,
        on.getUrnsList(),
      ]),
    ),
    additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    ignoreChanges: request.getIgnorechangesList(),
    customTimeouts: timeoutsOf(request.getCustomtimeouts()?.toObject() ?? {}),
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
  };
}

/** Timeouts in seconds, from texts such as `1h30m`. */
function timeoutsOf(texts: Readonly<Record<string, string>>): Record<string, number> {
  const seconds = { h: 3600, m: 60, s: 1 } as const;
  const lengthOf = (text: string) =>
    [...text.matchAll(/([\d.]+)([hms])/g)].reduce(
      (sum, [, count, unit]) => sum + Number(count) * seconds[unit as keyof typeof seconds],
      0,
    );
  const entries = Object.entries(texts).map(([name, text]) => [name, lengthOf(text)] as const);
  return Object.fromEntries(entries.filter(([, length]) => length > 0));
}

/** The provider that the engine makes for a package that is used without one. */
function defaultProvider(
  place: { readonly project: string; readonly stack: string },
  { type, version }: { readonly type: string; readonly version: string },
  registered: Map<string, Registered>,
): string {
  const provider = providerUrnOf(place, { type, version });
  const known = registered.get(provider.urn);
  if (known) return providerIdOf(known);
  const made: Registered = {
    ...provider,
    custom: true,
    parent: undefined,
    provider: undefined,
    inputs: { version },
    dependencies: [],
    propertyDependencies: {},
    additionalSecretOutputs: [],
    ignoreChanges: [],
    customTimeouts: {},
    protect: false,
    retainOnDelete: false,
    id: randomUUID(),
    outputs: { version },
  };
  registered.set(made.urn, made);
  return providerIdOf(made);
}
