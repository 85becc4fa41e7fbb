import type { KubernetesObject } from "../../policies/objects/object.ts";
import { type Stack, stackOf } from "../../policies/objects/stack.ts";
import { messageOf, type Rule } from "../../policies/rule.ts";
import { compliantWorld } from "./world-objects.ts";

/**
 * Changes of the world, by `KIND/NAME PATH`, such as `Deployment/web spec.replicas`; a number in a path is an index. A value of
 * undefined removes the part; `KIND/NAME` alone stands for the whole object.
 */
export type Changes = Readonly<Record<string, unknown>>;

/** What a rule says of the world: `KIND/NAME PATH`, in the order of the objects. */
export function foundBy(rule: Rule, changes: Changes = {}, options?: unknown): string[] {
  return rule
    .check(worldWith(changes), options)
    .map(({ object, path }) => `${object.kind}/${object.name} ${path}`);
}

/** The messages that a rule has for the world. */
export function messagesOf(rule: Rule, changes: Changes = {}, options?: unknown): string[] {
  return rule.check(worldWith(changes), options).map((violation) => messageOf(rule, violation));
}

/** The world after changes: an application that every rule accepts, until something changes. */
export function worldWith(changes: Changes = {}): Stack {
  return stackOf(objectsWith(changes).map((content) => ({ content })));
}

export function objectsWith(changes: Changes = {}): KubernetesObject[] {
  const world = compliantWorld();
  for (const [place, value] of Object.entries(changes)) {
    const [id = "", path] = place.split(" ");
    if (path !== undefined) set(found(world, id), path, structuredClone(value));
    else if (value === undefined) delete world[id];
    else world[id] = structuredClone(value) as Record<string, unknown>;
  }
  return Object.values(world);
}

function found(world: Record<string, Record<string, unknown>>, id: string): Record<string, unknown> {
  const object = world[id];
  if (!object) throw new Error(`the world has no ${id}; it has ${Object.keys(world).join(", ")}`);
  return object;
}

/** Puts a value at a path, and makes what is missing on the way. */
export function set(root: object, path: string, value: unknown): void {
  const keys = path.split(".").map((key) => key.replaceAll("~", "."));
  const last = keys.pop() ?? "";
  const holder = keys.reduce<Record<string, unknown>>(
    (node, key) => {
      if (typeof node[key] !== "object" || node[key] === null) node[key] = {};
      return node[key] as Record<string, unknown>;
    },
    root as Record<string, unknown>,
  );
  if (value === undefined && Array.isArray(holder)) holder.splice(Number(last), 1);
  else if (value === undefined) delete holder[last];
  else holder[last] = value;
}
