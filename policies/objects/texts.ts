import { fields, ifKnown } from "./values.ts";

/** A text somewhere in an object. */
export interface PlacedText {
  readonly path: string;
  /** Name of the field that holds it, or that holds the list that it is in. */
  readonly field: string;
  readonly text: string;
}

/** The path of a member: `data.HOST`, but `data["redis.conf"]`. */
export function memberPath(path: string, key: string): string {
  if (/^[\w-]+$/.test(key)) return path === "" ? key : `${path}.${key}`;
  return `${path}[${JSON.stringify(key)}]`;
}

/** Objects nest less deeply than this; what does not end is not read to its end. */
const deepest = 64;

/**
 * Every text below a value; what a preview does not know yet is left out.
 */
export function textsBelow(value: unknown, path = "", field = "", depth = 0): PlacedText[] {
  if (typeof value === "string") return [{ path, field, text: value }];
  if (depth > deepest) return [];
  if (Array.isArray(value))
    return value.flatMap((_, index) =>
      textsBelow(
        ifKnown(() => value[index]),
        `${path}[${index}]`,
        field,
        depth + 1,
      ),
    );
  const holder = fields(value);
  return Object.keys(holder).flatMap((key) =>
    textsBelow(
      ifKnown(() => holder[key]),
      memberPath(path, key),
      key,
      depth + 1,
    ),
  );
}
