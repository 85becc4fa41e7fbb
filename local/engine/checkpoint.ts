import { join } from "node:path";
import { readIfThere } from "../files.ts";
import type { Workspace } from "./run.ts";

/** What tells the state of one stack from all others. */
export type StatePlace = Pick<Workspace, "stateDir" | "project" | "stack">;

/** What the CLI keeps of a stack, as far as it matters here. */
interface Checkpoint {
  readonly checkpoint?: {
    readonly latest?: {
      readonly resources?: readonly {
        readonly type: string;
        readonly id?: string;
        readonly protect?: boolean;
        /** Why it was created, or changed, and did not become ready. */
        readonly initErrors?: readonly string[];
        readonly inputs?: { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } };
      }[];
      /** Operations that were begun and not ended. */
      readonly pending_operations?: readonly {
        readonly type: string;
        readonly resource: { readonly urn: string };
      }[];
    };
  };
}

/** An object of the cluster. */
export interface DeployedObject {
  readonly kind: string;
  /** NAME or NAMESPACE/NAME. */
  readonly name: string;
}

/** The state file of a stack in its file backend. */
export function checkpointFile({ stateDir, project, stack }: StatePlace): string {
  return join(stateDir, "backend", ".pulumi", "stacks", project, `${stack}.json`);
}

/** Operations that the state lists as begun and not ended, such as `creating postgresql`. */
export function pendingOperations(place: StatePlace): string[] {
  const pending = read(place)?.pending_operations ?? [];
  return pending.map(({ type, resource }) => `${type} ${resource.urn.split("::").at(-1)}`);
}

/** Objects of the cluster that the state lists. */
export function deployedObjects(place: StatePlace): DeployedObject[] {
  return (read(place)?.resources ?? []).flatMap(({ type, id }) =>
    id && type.startsWith("kubernetes:") ? [{ kind: type.split(":").at(-1) ?? type, name: id }] : [],
  );
}

/** An operator's resource that did not become what is awaited of it. */
export interface UnreadyResource extends DeployedObject {
  /** Conditions that are to be True, and paths that are to have a value. */
  readonly awaited: readonly string[];
}

/** Resources of operators that the last deployment waited for in vain; the provider says of them that time is over, and no more. */
export function unreadyResources(place: StatePlace): UnreadyResource[] {
  return (read(place)?.resources ?? []).flatMap(({ type, id, initErrors = [], inputs }) => {
    const awaited = inputs?.metadata?.annotations?.["pulumi.com/waitFor"];
    if (!id || awaited === undefined || initErrors.length === 0) return [];
    const all = awaited.startsWith("[") ? (JSON.parse(awaited) as string[]) : [awaited];
    return [{ kind: type.split(":").at(-1) ?? type, name: id, awaited: all }];
  });
}

/** Whether the state lists anything that the engine refuses to delete. */
export function isProtected(place: StatePlace): boolean {
  return (read(place)?.resources ?? []).some(({ protect }) => protect === true);
}

function read(place: StatePlace) {
  const file = checkpointFile(place);
  const text = readIfThere(file);
  if (text === undefined) return undefined;
  try {
    return (JSON.parse(text) as Checkpoint).checkpoint?.latest;
  } catch (error) {
    throw new Error(
      `the state of stack ${place.stack} is no JSON, and it has no good backup (${file}.bak): ${file}: ` +
        `${(error as Error).message}\nPut a good copy in its place, or drop it with: ` +
        `npm run down -- --stack ${place.stack} --forget`,
    );
  }
}
