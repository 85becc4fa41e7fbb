import { z } from "zod";
import { schema } from "./schema.ts";

/** The schema of a path below the whole schema; undefined when there is none. */
export function schemaAt(path: readonly string[]): z.ZodType | undefined {
  return path.reduce<z.ZodType | undefined>((node, key) => childOf(unwrapped(node), key), schema);
}

function childOf(node: z.ZodType | undefined, key: string): z.ZodType | undefined {
  if (node instanceof z.ZodObject) return node.shape[key];
  if (node instanceof z.ZodRecord) return node.valueType as z.ZodType;
  if (node instanceof z.ZodArray) return node.element as z.ZodType;
  return undefined;
}

/** Names that a map of this schema may have. */
export function keysOf(node: z.ZodType | undefined): string[] {
  if (node instanceof z.ZodObject) return Object.keys(node.shape);
  if (node instanceof z.ZodRecord && node.keyType instanceof z.ZodEnum)
    return node.keyType.options.map(String);
  return [];
}

/** What a default or an optional wraps; undefined for everything else. */
export function innerOf(node: z.ZodType): z.ZodType | undefined {
  if (node instanceof z.ZodDefault || node instanceof z.ZodPrefault || node instanceof z.ZodOptional) {
    return node.unwrap() as z.ZodType;
  }
  return undefined;
}

/** A schema without its defaults and options. */
export function unwrapped(node: z.ZodType | undefined): z.ZodType | undefined {
  let current = node;
  for (let inner = current && innerOf(current); inner; inner = innerOf(inner)) current = inner;
  return current;
}

/** Every path to a leaf of the schema. */
export function leafPaths(): string[][] {
  return pathsBelow(schema, []);
}

function pathsBelow(node: z.ZodType, path: string[]): string[][] {
  const kind = unwrapped(node);
  if (!(kind instanceof z.ZodObject)) return [path];
  return Object.entries(kind.shape as Record<string, z.ZodType>).flatMap(([key, child]) =>
    pathsBelow(child, [...path, key]),
  );
}
