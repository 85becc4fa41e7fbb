import * as pulumi from "@pulumi/pulumi";
import { generatedState } from "./mock-providers.ts";

/** What the program asked the engine for. */
export interface Asked {
  /** Type token, such as `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  /** Logical name. */
  readonly name: string;
  /** Inputs; one that holds a secret anywhere stands as `secret(value)` whole. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** False for a component. */
  readonly custom: boolean;
  /** Logical name of the explicit provider; absent for the ambient one. */
  readonly provider?: string;
}

/** What the program constructed; the engine is asked for it once its inputs are known. */
export interface Constructed {
  readonly type: string;
  readonly name: string;
  /** Absent only for what hangs on the stack itself. */
  readonly parent?: Constructed;
  /** Whether an explicit dependency orders it, instead of a value that flows. */
  readonly hasDependsOn: boolean;
  /** Inputs whose changes are not made. */
  readonly ignoreChanges: readonly string[];
  /** Whether the engine refuses to delete it. */
  readonly protect: boolean;
}

/** A value that Pulumi treats as a secret. */
export class Secret {
  readonly value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
}

/** The secret `value` as `Asked.inputs` shows it. */
export function secret(value: unknown): Secret {
  return new Secret(value);
}

/** Everything that one run of a program did. */
export class Recording {
  readonly asked: Asked[] = [];
  readonly constructed: Constructed[] = [];

  /** @throws Error that lists what there is */
  find(type: string, name: string): Asked {
    const found = this.asked.filter((resource) => resource.type.endsWith(type) && resource.name === name);
    if (found.length === 1 && found[0]) return found[0];
    throw new Error(`${found.length} resources are ${type} ${name}; there are\n${this.names().join("\n")}`);
  }

  /**
   * The resource of a kind by the name of its Kubernetes object; where several namespaces have one of that name, by
   * `NAMESPACE/NAME`. @throws Error that lists what there is
   */
  object(kind: string, name: string): Asked {
    const found = this.ofKind(kind).filter(({ inputs }) =>
      [objectName(inputs), fullName(inputs)].includes(name),
    );
    if (found.length === 1 && found[0]) return found[0];
    throw new Error(`${found.length} objects are ${kind} ${name}; there are\n${this.objects().join("\n")}`);
  }

  /** What is of this kind. */
  ofKind(kind: string): Asked[] {
    return this.asked.filter(({ inputs }) => inputs.kind === kind);
  }

  /** `TYPE NAME` of everything that was asked for, sorted. */
  names(): string[] {
    return this.asked.map(({ type, name }) => `${type} ${name}`).sort();
  }

  /**
   * `KIND NAME` of every Kubernetes object among these, sorted; `KIND NAMESPACE/NAME` where several namespaces have one of
   * that name.
   */
  objects(some: readonly Asked[] = this.asked): string[] {
    const plain = this.asked.filter(isObject).map(plainId);
    const isUnique = (id: string) => plain.indexOf(id) === plain.lastIndexOf(id);
    return some
      .filter(isObject)
      .map((asked) => {
        const id = plainId(asked);
        return isUnique(id) ? id : `${String(asked.inputs.kind)} ${fullName(asked.inputs)}`;
      })
      .sort();
  }
}

/** Keeps resources from becoming ready. */
export interface Gate {
  /** True for what is to be held once it is asked for. */
  holds(resource: Asked): boolean;
  /** Lets everything pass that is held or comes later. */
  readonly open: () => void;
  readonly opened: Promise<void>;
}

/** A gate before the resources that `holds` names. */
export function gate(holds: (resource: Asked) => boolean): Gate {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { holds, open: resolve, opened: promise };
}

export interface RunArgs<T> {
  /** What is recorded. */
  readonly program: () => T | Promise<T>;
  /** @default "dev" */
  readonly stack?: string;
  /** Configuration by full key, and the keys that are secret. @default none */
  readonly config?: {
    readonly values: Readonly<Record<string, string>>;
    readonly secretKeys: readonly string[];
  };
  /** @default everything is ready at once */
  readonly gate?: Gate;
}

/** A program that has been started. */
export interface Run {
  readonly recording: Recording;
  /** What the program returns, its outputs resolved; rejects when it or a registration fails. */
  readonly outputs: Promise<Readonly<Record<string, unknown>>>;
  /** Resolves once the program can do nothing more without a gate being opened. */
  settled(): Promise<void>;
}

/** Starts a program on a new recording mock of the engine. Function calls to providers are refused. */
export async function start<T>({ program, stack = "dev", config, gate }: RunArgs<T>): Promise<Run> {
  const recording = new Recording();
  pulumi.runtime.setAllConfig({ ...config?.values }, [...(config?.secretKeys ?? [])]);
  process.env.PULUMI_CONFIG_SECRET_KEYS = JSON.stringify(config?.secretKeys ?? []);
  await pulumi.runtime.setMocks(mocks(recording, gate), "iot-verification", stack, false);
  const constructed = Promise.withResolvers<void>();
  const outputs = runToItsEnd(async () => {
    observe(recording);
    try {
      return await program();
    } finally {
      constructed.resolve();
    }
  });
  // Whoever awaits it sees the failure; without this, one that comes before the await would end the process.
  outputs.catch(() => undefined);
  return { recording, outputs, settled: () => settled(recording, constructed.promise) };
}

/** A failure is kept from the SDK, which would let it out as an unhandled rejection besides. */
async function runToItsEnd(program: () => unknown): Promise<Record<string, unknown>> {
  let failure: { readonly error: unknown } | undefined;
  // The SDK takes a stack for every promise; to have each mapped to its source would double the time of a run.
  const { prepareStackTrace } = Error;
  Reflect.deleteProperty(Error, "prepareStackTrace");
  const outputs: unknown = await pulumi.runtime.runInPulumiStack(async () => {
    try {
      return await program();
    } catch (error) {
      failure = { error };
      return {};
    }
  });
  await pulumi.runtime.disconnect();
  if (prepareStackTrace) Error.prepareStackTrace = prepareStackTrace;
  if (failure) throw failure.error;
  return { ...(outputs as Record<string, unknown>) };
}

/** Runs a program to its end. */
export async function record<T>(args: RunArgs<T>) {
  const { recording, outputs } = await start(args);
  return { recording, outputs: await outputs };
}

/** The value of an output; rejects when it fails, or can not be known. */
export async function settledValue<T>(output: pulumi.Output<T>): Promise<T> {
  // The SDK hides these from its types; `apply` alone never settles for an output that fails or is unknown.
  const inner = output as unknown as Inner<T>;
  for (const side of [inner.isKnown, inner.isSecret, inner.allResources()]) side.catch(() => undefined);
  const value = await inner.promise();
  if (!(await inner.isKnown)) throw new Error("the output is unknown");
  return value;
}

interface Inner<T> {
  promise(): Promise<T>;
  readonly isKnown: Promise<boolean>;
  readonly isSecret: Promise<boolean>;
  allResources(): Promise<unknown>;
}

function mocks(recording: Recording, gate?: Gate): pulumi.runtime.Mocks {
  return {
    async newResource({ type, name, inputs, custom = true, provider }) {
      const raw = inputs as Record<string, unknown>;
      const asked: Asked = {
        type,
        name,
        inputs: marked(raw) as Record<string, unknown>,
        custom,
        ...(provider && { provider: provider.split("::")[3] }),
      };
      if (type !== "pulumi:pulumi:Stack") recording.asked.push(asked);
      if (gate?.holds(asked)) await gate.opened;
      return { id: `${name}-id`, state: { ...raw, ...generatedState(type, name) } };
    },
    call({ token }) {
      const details = `the program calls ${token}, which needs an engine`;
      // The SDK takes `details` for the message, as of an error of gRPC.
      throw Object.assign(new Error(details), { details });
    },
  };
}

/** Sees each resource with its options, which mocks never get. */
function observe(recording: Recording): void {
  const known = new Map<pulumi.Resource, Constructed>();
  pulumi.runtime.registerStackTransformation(({ resource, type, name, opts }) => {
    const parent = opts.parent && known.get(opts.parent);
    const constructed = {
      type,
      name,
      ...(parent && { parent }),
      hasDependsOn: opts.dependsOn !== undefined,
      ignoreChanges: (opts as pulumi.CustomResourceOptions).ignoreChanges ?? [],
      protect: opts.protect ?? false,
    };
    known.set(resource, constructed);
    recording.constructed.push(constructed);
    return undefined;
  });
}

/**
 * Once a program's modules are loaded and all is constructed, nothing does input or output, so what is not asked for
 * over so many turns of the event loop waits for a gate.
 */
async function settled(recording: Recording, constructed: Promise<void>): Promise<void> {
  await constructed;
  let quiet = 0;
  for (let count = -1; quiet < 100; ) {
    await new Promise(setImmediate);
    quiet = recording.asked.length === count ? quiet + 1 : 0;
    count = recording.asked.length;
  }
}

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== "object" || value === null) return value;
  const entries = value as Record<string, unknown>;
  if (entries[signatureKey] === secretSignature) return new Secret(marked(entries.value));
  return Object.fromEntries(Object.entries(entries).map(([key, item]) => [key, marked(item)]));
}

/** Name of a Kubernetes object; of a Job without the checksum of its content, which ends it. */
export function objectName(inputs: Readonly<Record<string, unknown>>): string {
  const { name } = (inputs.metadata ?? {}) as { name?: string };
  return inputs.kind === "Job" ? String(name).replace(/-[0-9a-f]{8}$/, "") : String(name);
}

function fullName(inputs: Readonly<Record<string, unknown>>): string {
  const { namespace } = (inputs.metadata ?? {}) as { namespace?: string };
  return `${namespace}/${objectName(inputs)}`;
}

function isObject({ type }: Asked): boolean {
  return type.startsWith("kubernetes:");
}

function plainId({ inputs }: Asked): string {
  return `${String(inputs.kind)} ${objectName(inputs)}`;
}
