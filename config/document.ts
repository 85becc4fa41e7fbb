import { z } from "zod";
import { fieldHelp } from "./fields.ts";
import { schema } from "./schema.ts";
import { innerOf } from "./schema-walk.ts";

/** One key of the configuration, for a reader. */
export interface DocumentedKey {
  /** Path without the project, such as `gateway.replicas`; `*` stands for any of several names. */
  readonly key: string;
  readonly allowed: string;
  /** As it is written in YAML; absent for a key that has none. */
  readonly default?: string;
}

/** Every key of the schema, in its order. */
export function documentedKeys(): DocumentedKey[] {
  return keysBelow(schema, "");
}

/** The table of docs/configuration.md. */
export function configurationTable(): string {
  const rows = documentedKeys().map(({ key, allowed, default: value }) => {
    const shown = value === undefined ? "" : `\`${value}\``;
    return `| \`${key}\` | ${shown} | ${allowed.replaceAll("|", "\\|")} |`;
  });
  return ["| key | default | allowed |", "|---|---|---|", ...rows].join("\n");
}

function keysBelow(node: z.ZodType, path: string): DocumentedKey[] {
  const { kind, help, fallback } = unwrap(node);
  if (kind instanceof z.ZodObject) {
    return Object.entries(kind.shape as Record<string, z.ZodType>).flatMap(([key, child]) =>
      keysBelow(child, path ? `${path}.${key}` : key),
    );
  }
  if (kind instanceof z.ZodRecord) return keysBelow(kind.valueType as z.ZodType, `${path}.*`);
  if (kind instanceof z.ZodArray) {
    const items = unwrap(kind.element as z.ZodType).help?.allowed ?? "anything";
    return [{ key: path, allowed: `a list; each ${items}`, default: JSON.stringify(fallback) }];
  }
  if (!help) throw new Error(`the key ${path} does not say what it allows`);
  const allowed = help.allowed;
  return [
    fallback === undefined ? { key: path, allowed } : { key: path, allowed, default: String(fallback) },
  ];
}

function unwrap(node: z.ZodType) {
  let kind = node;
  let help = fieldHelp.get(node);
  let fallback: unknown;
  for (let inner = innerOf(node); inner; inner = innerOf(inner)) {
    if (kind instanceof z.ZodDefault) fallback ??= kind.def.defaultValue;
    kind = inner;
    help ??= fieldHelp.get(inner);
  }
  return { kind, help, fallback };
}
