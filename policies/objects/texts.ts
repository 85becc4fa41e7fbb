import { deepest, type Fields, fields, ifKnown, text } from "./values.ts";

/** A text somewhere in an object. */
export interface PlacedText {
  readonly path: string;
  /** Name of the field that holds it, or that holds the list that it is in; of a pair of name and value, the name. */
  readonly field: string;
  readonly text: string;
}

/** The path of a member: `data.HOST`, but `data["redis.conf"]`. */
export function memberPath(path: string, key: string): string {
  if (/^[\w-]+$/.test(key)) return path === "" ? key : `${path}.${key}`;
  return `${path}[${JSON.stringify(key)}]`;
}

/** Every text below a value; what a preview does not know yet is left out. */
export function textsBelow(value: unknown, path = "", field = "", depth = 0): PlacedText[] {
  if (typeof value === "string") return [{ path, field, text: value }];
  if (depth > deepest) return [];
  if (Array.isArray(value))
    return [...value.keys()].flatMap((index) =>
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
      labelOf(holder, key),
      depth + 1,
    ),
  );
}

/** Variables and parameters are pairs of name and value. */
function labelOf(holder: Fields, key: string): string {
  return (key === "value" ? ifKnown(() => text(holder.name)) : undefined) ?? key;
}
