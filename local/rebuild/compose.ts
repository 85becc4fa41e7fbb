/** A state as the engine would have written it after deploying what is in the cluster. */
import { isSecret, type Properties, secretMark, withMarks, withoutMarks } from "../plugins/properties.ts";
import type { LiveObject } from "./live.ts";
import type { Registered } from "./rehearse.ts";

/** A resource of a deployment: https://github.com/pulumi/pulumi/blob/v3.232.0/sdk/go/common/apitype/core.go (ResourceV3) */
export type StateResource = Properties & { readonly urn: string; readonly type: string };

/**
 * The resources of a state.
 *
 * @param registered in the order of registration
 * @param isThere whether a custom resource exists; what does not is left for the next deployment to create
 */
export function composeState(
  registered: readonly Registered[],
  isThere: (resource: Registered) => boolean,
): StateResource[] {
  const present = registered.filter((resource) => !resource.custom || isThere(resource));
  const urns = new Set(present.map(({ urn }) => urn));
  return present.map((resource) => stateOf(resource, (urn) => urns.has(urn)));
}

function stateOf(resource: Registered, isThere: (urn: string) => boolean): StateResource {
  const { urn, type, custom, id, parent, provider, inputs, outputs } = resource;
  const secretOutputs = resource.additionalSecretOutputs;
  const propertyDependencies = Object.fromEntries(
    Object.entries(resource.propertyDependencies).map(([property, on]) => [property, on.filter(isThere)]),
  );
  return {
    urn,
    type,
    custom,
    ...(custom && { id, inputs: stored(inputs), propertyDependencies }),
    outputs: stored(withMarks(outputs, secretOutputs)) as Properties,
    ...(parent && { parent }),
    ...(provider && { provider }),
    dependencies: resource.dependencies.filter(isThere),
    ...(secretOutputs.length > 0 && { additionalSecretOutputs: secretOutputs }),
    ...(resource.ignoreChanges.length > 0 && { ignoreChanges: resource.ignoreChanges }),
    ...(Object.keys(resource.customTimeouts).length > 0 && { customTimeouts: resource.customTimeouts }),
    ...(resource.protect && { protect: true }),
    ...(resource.retainOnDelete && { retainOnDelete: true }),
  };
}

/** Values as a deployment has them: secrets in plain text, which the CLI encrypts as it imports them. */
function stored(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(stored);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return { ...secretMark, plaintext: JSON.stringify(withoutMarks(value.value)) };
  const entries = Object.entries(value).filter(([, item]) => item !== null && item !== undefined);
  return Object.fromEntries(entries.map(([name, item]) => [name, stored(item)]));
}

/**
 * What the Kubernetes provider keeps of an object: the object itself, the inputs that it was made of, and as whom the
 * provider applies them. The names begin with `__` in its state alone.
 */
export function objectOutputs(inputs: Properties, live: LiveObject): Properties {
  const [manager] = managersOf(live);
  return {
    ...live,
    __inputs: inputs,
    __initialApiVersion: live.apiVersion,
    ...(manager && { __fieldManager: manager }),
  };
}

/** Names under which the provider has applied an object, the last one first. */
export function managersOf({ metadata }: LiveObject): string[] {
  const applied = (metadata.managedFields ?? []).filter(
    ({ manager, operation }) => operation === "Apply" && manager.startsWith("pulumi-kubernetes"),
  );
  const sorted = applied.sort((a, b) => ((a.time ?? "") < (b.time ?? "") ? 1 : -1));
  return [...new Set(sorted.map(({ manager }) => manager))];
}

/**
 * Inputs of an object as the last deployment left them: text of a Secret stands with its data, and what is not changed any more is
 * as the object has it.
 */
export function objectInputs(
  { inputs, ignoreChanges }: Pick<Registered, "inputs" | "ignoreChanges">,
  live: LiveObject | undefined,
): Properties {
  const kept = ignoreChanges.reduce((made, path) => keepPath(made, live, path.split(".")), inputs);
  return isSecretObject(inputs) ? encoded(kept) : kept;
}

/** Inputs whose part at a path is the object's, without what the inputs do not name. */
function keepPath(inputs: Properties, live: unknown, [name, ...rest]: readonly string[]): Properties {
  const there = (live as Properties | undefined)?.[name ?? ""];
  const given = inputs[name ?? ""];
  if (name === undefined || there === undefined || typeof given !== "object" || given === null) return inputs;
  return {
    ...inputs,
    [name]: rest.length > 0 ? keepPath(given as Properties, there, rest) : prune(there, given),
  };
}

/** A value without the parts that `shape` does not have. */
function prune(value: unknown, shape: unknown): unknown {
  if (Array.isArray(value) && Array.isArray(shape))
    return value.map((item, index) => prune(item, shape[index]));
  if (typeof value !== "object" || value === null || typeof shape !== "object" || shape === null)
    return value;
  const names = Object.keys(value).filter((name) => name in shape);
  return Object.fromEntries(
    names.map((name) => [name, prune((value as Properties)[name], (shape as Properties)[name])]),
  );
}

function encoded(inputs: Properties): Properties {
  const { stringData, ...others } = inputs;
  if (stringData === undefined) return inputs;
  const texts = Object.entries(withoutMarks(stringData) as Readonly<Record<string, string>>);
  const entries = texts.map(([name, text]) => [name, Buffer.from(text).toString("base64")]);
  const given = withoutMarks(inputs.data ?? {}) as Properties;
  return { ...others, data: { ...secretMark, value: { ...given, ...Object.fromEntries(entries) } } };
}

/** Whether inputs are of a Secret. */
export function isSecretObject({ apiVersion, kind }: Properties): boolean {
  return apiVersion === "v1" && kind === "Secret";
}
