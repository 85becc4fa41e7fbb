/** The objects of a stack as they are in its cluster, read with kubectl. */
import { spawn } from "node:child_process";
import { callOf, type Kubectl } from "../commands/kubectl.ts";
import type { Properties } from "../plugins/properties.ts";

/** What identifies an object. */
export interface ObjectKey {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** Absent for one that is of the whole cluster. */
  readonly namespace?: string | undefined;
}

/** An object with its metadata as every one has it. */
export interface LiveObject extends Properties {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly unknown[];
    readonly managedFields?: readonly ManagedFields[];
  };
}

/** Who set fields of an object, and when: https://kubernetes.io/docs/reference/using-api/server-side-apply/#managers */
export interface ManagedFields {
  readonly manager: string;
  readonly operation: string;
  /** ISO 8601. */
  readonly time?: string;
}

/** `KIND NAMESPACE/NAME`, for people and as a key. */
export function titleOf({ kind, name, namespace }: ObjectKey): string {
  return `${kind} ${namespace ? `${namespace}/` : ""}${name}`;
}

/** The key of an object's content. */
export function keyOf(object: Properties): ObjectKey {
  const { apiVersion, kind, metadata } = object as unknown as LiveObject;
  return { apiVersion, kind, name: metadata.name, namespace: metadata.namespace };
}

/** Reads those of these objects that are there. @throws Error with what kubectl said */
export async function readObjects(kubectl: Kubectl, keys: readonly ObjectKey[]): Promise<LiveObject[]> {
  if (keys.length === 0) return [];
  const items = keys.map(({ apiVersion, kind, name, namespace }) => ({
    apiVersion,
    kind,
    metadata: { name, ...(namespace && { namespace }) },
  }));
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
  return ask(kubectl, ["get", "--filename=-", "--ignore-not-found", "--show-managed-fields"], list);
}

/** Reads every object of these kinds that carries a label. @throws Error with what kubectl said */
export async function labelledObjects(
  kubectl: Kubectl,
  { kinds, label }: { readonly kinds: readonly string[]; readonly label: string },
): Promise<LiveObject[]> {
  return ask(kubectl, ["get", kinds.join(","), "--all-namespaces", `--selector=${label}`], "");
}

async function ask(kubectl: Kubectl, command: readonly string[], input: string): Promise<LiveObject[]> {
  const { argv, env } = callOf(kubectl);
  const child = spawn(kubectl.program, [...argv, ...command, "--output=json"], { env });
  const said = { out: "", error: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said.error += text));
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject).once("close", (code) => resolve(code ?? 1));
  });
  // kubectl may end before it has read everything; its exit code tells why.
  child.stdin.on("error", () => {}).end(input);
  if ((await ended) !== 0)
    throw new Error(
      `the cluster of context "${kubectl.context}" cannot be read: ${said.error.trim().split("\n")[0]}`,
    );
  if (said.out.trim() === "") return [];
  const answer = JSON.parse(said.out) as LiveObject & { readonly items?: readonly LiveObject[] };
  return answer.kind === "List" ? [...(answer.items ?? [])] : [answer];
}
