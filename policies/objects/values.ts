/** Reads values of uncertain shape; what is not of the asked kind counts as absent. */

/** Objects nest less deeply than this; what does not end is not read to its end. */
export const deepest = 64;

export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A mapping of texts to texts, such as labels; entries of other kinds, or not known yet, are left out. */
export function texts(value: unknown): Readonly<Record<string, string>> {
  const map = fields(value);
  return Object.fromEntries(
    Object.keys(map).flatMap((key) => {
      const entry = ifKnown(() => text(map[key]));
      return entry === undefined ? [] : [[key, entry]];
    }),
  );
}

/** The value at a path of keys. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => fields(inner)[key], value);
}

export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/**
 * What `read` gives, or undefined where that depends on a value that a preview does not know yet: the SDK ends whoever
 * reads one. For references between objects, which are ordered by such values; a rule that could not do without is better
 * ended, as the SDK then says so.
 */
export function ifKnown<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && "unknownTypeSentinel" in error) return undefined;
    throw error;
  }
}
