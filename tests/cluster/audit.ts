import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Checkout } from "./checkout.ts";

/** A change that somebody asked of the API server, in the order of their ends. */
export interface Change {
  readonly verb: string;
  /** `RESOURCE/NAME` or `RESOURCE/NAME/SUBRESOURCE`, such as `deployments/api-gateway`. */
  readonly object: string;
  readonly namespace: string;
  /** Asked for by the engine's provider. */
  readonly byPulumi: boolean;
  /** The pod says of itself that it is ready. */
  readonly podReady: boolean;
  /** The Job is said to have succeeded. */
  readonly jobComplete: boolean;
}

interface AuditEvent {
  readonly verb: string;
  readonly userAgent?: string;
  readonly stageTimestamp: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly name?: string;
    readonly namespace?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code?: number };
  readonly requestURI: string;
  readonly requestObject?: {
    readonly status?: { readonly conditions?: readonly { type: string; status: string }[] };
  };
}

/** Successful changes of the stack's local cluster so far. Dry runs change nothing and are left out. */
export function changes(checkout: Checkout, stack = "dev"): Change[] {
  const lines = readFileSync(join(checkout.directory, ".local", stack, "cluster", "audit.log"), "utf8").split(
    "\n",
  );
  return lines
    .filter((line) => line.endsWith("}"))
    .map((line) => JSON.parse(line) as AuditEvent)
    .filter(
      ({ requestURI, responseStatus }) =>
        !requestURI.includes("dryRun=") && (responseStatus?.code ?? 500) < 300,
    )
    .sort((a, b) => (a.stageTimestamp < b.stageTimestamp ? -1 : 1))
    .map(({ verb, userAgent, objectRef, requestObject }) => ({
      verb,
      object: [objectRef?.resource, objectRef?.name, objectRef?.subresource].filter(Boolean).join("/"),
      namespace: objectRef?.namespace ?? "",
      byPulumi: userAgent?.startsWith("pulumi") ?? false,
      podReady: holds(requestObject, "Ready"),
      jobComplete: holds(requestObject, "Complete"),
    }));
}

function holds(object: AuditEvent["requestObject"], condition: string): boolean {
  const conditions = object?.status?.conditions ?? [];
  return conditions.some(({ type, status }) => type === condition && status === "True");
}

/** Runs `npm run up`, which must succeed, and returns the changes that came with it. */
export async function changesOfUp(checkout: Checkout): Promise<Change[]> {
  const before = changes(checkout).length;
  const { code, output } = await checkout.run("up");
  if (code !== 0) throw new Error(`npm run up ended with ${code}:\n${output}`);
  return changes(checkout).slice(before);
}

/** What the engine itself changed, each object once: for an update its provider asks twice. */
export function changedByPulumi(all: readonly Change[]): string[] {
  return [...new Set(all.filter(({ byPulumi }) => byPulumi).map(({ object }) => object))].sort();
}

/** Place of the engine's first write of an object among all changes. @throws Error when there is none; so do the others */
export const written = (all: readonly Change[], object: string) =>
  indexOf(all, `write ${object}`, (change) => change.byPulumi && change.object === object);
/** Place of the success of a Job. */
export const completed = (all: readonly Change[], job: string) =>
  indexOf(all, `${job} complete`, (change) => change.jobComplete && change.object === `${job}/status`);
/** Place where a pod was first ready; the beginning of its name is enough. */
export const ready = (all: readonly Change[], pod: string) =>
  indexOf(all, `${pod} ready`, (change) => change.podReady && change.object.startsWith(`pods/${pod}`));

function indexOf(all: readonly Change[], what: string, fits: (change: Change) => boolean): number {
  const index = all.findIndex(fits);
  if (index < 0) throw new Error(`nobody did this: ${what}`);
  return index;
}
