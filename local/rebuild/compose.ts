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

/** Inputs of an object as the provider keeps them: text of a Secret stands with its data. */
export function objectInputs(inputs: Properties): Properties {
  const { stringData, ...others } = inputs;
  if (!isSecretObject(inputs) || stringData === undefined) return inputs;
  const texts = Object.entries(withoutMarks(stringData) as Readonly<Record<string, string>>);
  const encoded = texts.map(([name, text]) => [name, Buffer.from(text).toString("base64")]);
  const given = withoutMarks(inputs.data ?? {}) as Properties;
  return { ...others, data: { ...secretMark, value: { ...given, ...Object.fromEntries(encoded) } } };
}

/** Whether inputs are of a Secret. */
export function isSecretObject({ apiVersion, kind }: Properties): boolean {
  return apiVersion === "v1" && kind === "Secret";
}
