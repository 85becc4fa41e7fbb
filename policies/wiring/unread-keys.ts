import { askersOf } from "../objects/grants.ts";
import { keysOf, knowsNames, type Reference, referencesOf } from "../objects/references.ts";
import { idOf, type Stack, type StackObject, type Workload } from "../objects/stack.ts";
import { memberPath } from "../objects/texts.ts";
import { fields, ifKnown, list, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A key that no container reads, of a ConfigMap or Secret of which others are read one by one. */
export const unreadKeys = stackRule({
  name: "unread-keys",
  severity: "advisory",
  description: "Of a ConfigMap or Secret whose keys are read one by one, every key is read.",
  why: "A setting has no effect, though it looks as if it had; a credential is handed on to nobody.",
  reference:
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#define-container-environment-variables-using-configmap-data",
  check(stack) {
    const read = readKeys(stack);
    const mayAsk = askersOf(stack);
    const unclear = new Set(
      stack.workloads.filter((one) => !knowsNames(one)).map(({ namespace }) => namespace),
    );
    return [...stack.ofKind("ConfigMap"), ...stack.ofKind("Secret")].flatMap((object) => {
      const keys = read.get(idOf(object));
      const all = keysOf(object);
      if (!keys || keys === "all" || keys.size === 0 || !all || isForOthers(object, all)) return [];
      // Whoever may ask the API server for it may read any key.
      const resource = object.kind === "Secret" ? "secrets" : "configmaps";
      if (unclear.has(object.namespace) || mayAsk(object.namespace, ["get", "list"], resource)) return [];
      return all
        .filter((key) => !keys.has(key))
        .map((key) => ({
          object,
          path: memberPath(fieldOf(object, key), key),
          problem: `nothing reads key ${key}; of this ${object.kind}, pods read ${[...keys].slice(0, 5).join(", ")}`,
          fix: "Give it to the container that needs it, or leave it out",
        }));
    });
  },
});

/** By object, the keys that pods read; `all` where one of them takes the whole object. */
function readKeys(stack: Stack): ReadonlyMap<string, Set<string> | "all"> {
  const read = new Map<string, Set<string> | "all">();
  for (const workload of stack.workloads)
    for (const reference of referencesOf(workload)) {
      const id = idOf({ ...reference, namespace: workload.namespace });
      const keys = keysThatAreRead(workload, reference);
      const before = read.get(id);
      if (keys === undefined || before === "all") read.set(id, "all");
      else read.set(id, new Set([...(before ?? []), ...keys]));
    }
  return read;
}

/** The keys that a reference asks for; undefined where that is all of them. */
function keysThatAreRead({ containers }: Workload, reference: Reference): string[] | undefined {
  // A volume with some of a Secret's files keeps the others, which are for somebody else, from this pod.
  if (reference.kind === "Secret" && reference.volume !== undefined) return undefined;
  const asked = reference.keys?.map(({ key }) => key);
  if (reference.volume === undefined) return asked;
  const paths = containers
    .flatMap(({ container }) => list(container.volumeMounts))
    .map(fields)
    .filter(({ name }) => name === reference.volume)
    .map(({ subPath }) => text(subPath));
  // That nothing mounts it is the matter of another rule.
  if (paths.length === 0) return undefined;
  return asked ?? (paths.every((path) => path !== undefined) ? paths : undefined);
}

/** Secrets of a type have keys that the type asks for; those of a service binding (with a key `type`) have them for anyone. */
function isForOthers({ content, kind }: StackObject, keys: readonly string[]): boolean {
  if (kind !== "Secret") return false;
  return (text(content.type) ?? "Opaque") !== "Opaque" || keys.includes("type");
}

function fieldOf({ content }: StackObject, key: string): string {
  const isIn = (field: string) => ifKnown(() => Object.keys(fields(content[field])).includes(key)) ?? false;
  return ["stringData", "binaryData"].find(isIn) ?? "data";
}
