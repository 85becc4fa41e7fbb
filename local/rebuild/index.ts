/**
 * Rebuilds the state of a stack from what is in its cluster. The program is run twice without the engine: first with markers
 * for what it generates, which shows in which Secrets that is found again; then with the values from there and the objects as
 * they are, which gives every resource as the engine would have it in its state. Only reads from the cluster.
 */
import type { Kubectl } from "../commands/kubectl.ts";
import { withoutMarks } from "../plugins/properties.ts";
import {
  composeState,
  isSecretObject,
  managersOf,
  objectInputs,
  objectOutputs,
  type StateResource,
} from "./compose.ts";
import { findValues, generatedAnswer, generatedKinds, markedAnswer } from "./generated.ts";
import { keyOf, type LiveObject, labelledObjects, type ObjectKey, readObjects, titleOf } from "./live.ts";
import {
  type Answer,
  isProvider,
  type Registered,
  type Registration,
  type RehearsalArgs,
  rehearse,
} from "./rehearse.ts";
import { nameOf } from "./urns.ts";

export interface RebuildArgs extends Omit<RehearsalArgs, "answer"> {
  readonly kubectl: Kubectl;
  /** Label that every object of the platform carries, `NAME=VALUE`. */
  readonly label: string;
  /** What decides whether a certificate is due. @default the clock */
  readonly now?: Date;
}

export interface Rebuilt {
  readonly resources: readonly StateResource[];
  /** Objects that the program has and the cluster has not. */
  readonly missing: readonly string[];
  /** Names of generated values that were found in no Secret: the next deployment makes new ones. */
  readonly lost: readonly string[];
  /** Objects that carry the label and that the program does not have. */
  readonly strangers: readonly string[];
  /** Whether objects were made by more than one deployment, each of which owns fields of them. */
  readonly hasSeveralOwners: boolean;
}

/** @throws Error when the program fails or the cluster cannot be read */
export async function rebuildState(args: RebuildArgs): Promise<Rebuilt> {
  const { kubectl, now = new Date() } = args;
  const draft = await rehearse({
    ...args,
    answer: (registration) =>
      isObject(registration) ? plannedObject(registration) : markedAnswer(registration),
  });
  const secrets = draft.filter(({ inputs }) => isSecretObject(inputs));
  const found = findValues(publishedTexts(secrets, await readAll(kubectl, secrets)));
  const values = new Map([...unreadValues(draft), ...found]);

  // With the values, names that are made of them are as they are in the cluster.
  const planned = await rehearse({
    ...args,
    answer: (registration) => answerOf(registration, { values, now }),
  });
  const live = await readAll(kubectl, planned.filter(isObject));
  const final = await rehearse({
    ...args,
    answer: (registration) => answerOf(registration, { values, now, live }),
  });

  const objects = final.filter(isObject);
  const isLost = ({ urn, type }: Registration) =>
    (generatedKinds[type]?.published.length ?? 0) > 0 && !values.has(urn);
  const isThere = (resource: Registered) =>
    isObject(resource) ? live.has(titleOf(keyOf(resource.inputs))) : !isLost(resource);
  return {
    resources: composeState(
      final.map((resource) =>
        isObject(resource)
          ? { ...resource, inputs: objectInputs(resource, live.get(titleOf(keyOf(resource.inputs)))) }
          : resource,
      ),
      isThere,
    ),
    missing: objects.filter((object) => !isThere(object)).map(({ inputs }) => titleOf(keyOf(inputs))),
    lost: final.filter(isLost).map(({ urn }) => nameOf(urn)),
    strangers: await strangers(args, objects),
    hasSeveralOwners: [...live.values()].some((object) => managersOf(object).length > 1),
  };
}

const isObject = ({ type }: Registration) => type.startsWith("kubernetes:") && !isProvider(type);

function answerOf(
  registration: Registration,
  known: {
    readonly values: ReadonlyMap<string, string>;
    readonly now: Date;
    readonly live?: ReadonlyMap<string, LiveObject>;
  },
): Answer {
  const { values, now, live } = known;
  if (!isObject(registration))
    return (
      generatedAnswer(registration, { value: values.get(registration.urn), now }) ??
      markedAnswer(registration)
    );
  const found = live?.get(titleOf(keyOf(registration.inputs)));
  const planned = plannedObject(registration);
  return found ? { ...planned, outputs: objectOutputs(objectInputs(registration, found), found) } : planned;
}

/**
 * Values for what nothing depends on, such as the password before a rotation where the server itself remembers it. They need not be as
 * they were: nobody has seen them.
 */
function unreadValues(draft: readonly Registered[]): [string, string][] {
  const read = new Set(draft.flatMap(({ dependencies }) => dependencies));
  return draft.flatMap(({ urn, type, inputs }) => {
    const value = read.has(urn) ? undefined : generatedKinds[type]?.invent?.({ type, inputs });
    return value === undefined ? [] : [[urn, value] as [string, string]];
  });
}

/** An object as the program asks for it. Its ID is the provider's: NAMESPACE/NAME. */
function plannedObject({ inputs }: Registration): Answer {
  const { name, namespace } = keyOf(withoutMarks(inputs) as LiveObject);
  return { id: namespace ? `${namespace}/${name}` : name, outputs: inputs };
}

async function readAll(kubectl: Kubectl, resources: readonly Registration[]) {
  const found = await readObjects(
    kubectl,
    resources.map(({ inputs }) => keyOf(inputs)),
  );
  return new Map(found.map((object) => [titleOf(keyOf(object)), object]));
}

/** The entries of Secrets, as the program asks for them and as they are. */
export function* publishedTexts(secrets: readonly Registration[], live: ReadonlyMap<string, LiveObject>) {
  for (const { inputs } of secrets) {
    const data = (live.get(titleOf(keyOf(inputs)))?.data ?? {}) as Readonly<Record<string, string>>;
    const texts = withoutMarks(inputs.stringData ?? {}) as Readonly<Record<string, string>>;
    for (const [entry, marked] of Object.entries(texts)) {
      const encoded = data[entry];
      if (encoded !== undefined) yield { marked, live: Buffer.from(encoded, "base64").toString() };
    }
  }
}

/** Objects of the platform in the stack's namespaces, of kinds that it has, that the program knows nothing of. */
async function strangers({ kubectl, label }: RebuildArgs, objects: readonly Registered[]): Promise<string[]> {
  const keys = objects.map(({ inputs }) => keyOf(inputs));
  const known = new Set(keys.map(titleOf));
  const namespaces = new Set(keys.flatMap(({ namespace }) => namespace ?? []));
  const kinds = [...new Set(keys.filter(({ namespace }) => namespace).map(resourceOf))];
  const found = await labelledObjects(kubectl, { kinds, label });
  return found
    .filter(
      ({ metadata }) => metadata.ownerReferences === undefined && namespaces.has(metadata.namespace ?? ""),
    )
    .map((object) => titleOf(keyOf(object)))
    .filter((title) => !known.has(title));
}

/** A kind as kubectl takes it: `KIND.VERSION.GROUP`. */
function resourceOf({ apiVersion, kind }: ObjectKey): string {
  const [version, group] = apiVersion.split("/").reverse();
  return `${kind}.${version}.${group ?? ""}`;
}
