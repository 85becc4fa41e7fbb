/** Properties of resources as the engine and its plugins exchange them. */
import struct from "google-protobuf/google/protobuf/struct_pb.js";

export type Properties = Readonly<Record<string, unknown>>;

/** The value by which the engine says "not known before the deployment". */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** A rejected input. */
export interface Failure {
  readonly property: string;
  readonly reason: string;
}

/** How a secret travels to the engine. */
export const secretMark = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };

/** What a message of the engine says; nothing for an absent one. */
export function propertiesOf(value: struct.Struct | undefined): Properties {
  return (value?.toJavaScript() ?? {}) as Properties;
}

/** Whether a value carries the mark of a secret. */
export function isSecret(value: unknown): value is { readonly value: unknown } {
  const [[key = "", mark] = []] = Object.entries(secretMark);
  return typeof value === "object" && value !== null && (value as Properties)[key] === mark;
}

/** A value with all marks of secrets taken off. */
export function withoutMarks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMarks);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return withoutMarks(value.value);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withoutMarks(item)]));
}

/** Properties whose named ones are marked as secrets, unless they are already. */
export function withMarks(values: Properties, secrets: readonly string[]): Properties {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    secrets.includes(name) && !isSecret(value) ? { ...secretMark, value } : value,
  ]);
  return Object.fromEntries(entries);
}

/** Properties for the engine; absent ones are left out, and those that `secrets` names are marked as such. */
export function messageOf(values: Properties, secrets: readonly string[] = []): struct.Struct {
  const entries = Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, secrets.includes(name) ? { ...secretMark, value } : value]);
  return struct.Struct.fromJavaScript(Object.fromEntries(entries) as Record<string, struct.JavaScriptValue>);
}

/** The Pulumi type at the end of a resource's URN, such as `random:index/randomId:RandomId`. */
export function typeOf(urn: string): string {
  return (urn.split("::")[2] ?? "").split("$").at(-1) ?? "";
}

/** A text that is the same exactly for equal values: the order of keys does not count, and absent is like empty. */
export function comparable(value: unknown): string {
  if (value === undefined || value === null) return "{}";
  if (typeof value !== "object" || Array.isArray(value)) return JSON.stringify(value);
  return JSON.stringify(Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))));
}
