import { z } from "zod";
import { fieldHelp } from "./fields.ts";
import { purposes } from "./purposes.ts";
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

/** The table of docs/configuration.md, with notes below it for what many keys allow. @throws Error that names a key without a purpose */
export function configurationTable(): string {
  const rows = tableRows();
  const notes = [...Map.groupBy(rows, ({ allowed }) => allowed)]
    .filter(([allowed, users]) => users.length > 4 && allowed.length > 60)
    .map(([allowed]) => allowed);
  const lines = rows.map(({ key, default: value, allowed }) => {
    const shown = value === undefined ? "" : `\`${value}\``;
    const note = notes.indexOf(allowed) + 1;
    return line([`\`${key}\``, purposeOf(key), shown, note > 0 ? `see ${note} below` : allowed]);
  });
  return [
    line(["key", "what for", "default", "allowed"]),
    "|---|---|---|---|",
    ...lines,
    "",
    ...notes.map((note, index) => `${index + 1}. ${note}`),
  ].join("\n");
}

/** Entries of the purposes that no row of the table has. */
export function stalePurposes(): string[] {
  const used = new Set(tableRows().map(({ key }) => entryFor(key)));
  return Object.keys(purposes).filter((entry) => !used.has(entry));
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

function purposeOf(key: string): string {
  const purpose = purposes[entryFor(key)];
  if (!purpose) throw new Error(`the key ${key} does not say what it is for: say so in config/purposes.ts`);
  return purpose;
}

function entryFor(key: string): string {
  return key in purposes ? key : `*.${key.split(".").at(-1)}`;
}

/** The four keys of a container's size are one row. */
function tableRows(): DocumentedKey[] {
  const sizeKey = /^(.+)\.(?:requests|limits)\.(?:cpu|memory)$/;
  const groups = Map.groupBy(documentedKeys(), ({ key }) => sizeKey.exec(key)?.[1] ?? key);
  return [...groups].flatMap(([key, group]) => (group.length === 1 ? group : [sizeRow(key, group)]));
}

function sizeRow(key: string, size: readonly DocumentedKey[]): DocumentedKey {
  const flow = (side: "requests" | "limits") => {
    const [cpu, memory] = size.filter((one) => one.key.startsWith(`${key}.${side}.`));
    return `{ cpu: ${cpu?.default}, memory: ${memory?.default} }`;
  };
  const [cpu, memory] = size;
  return {
    key,
    default: `{ requests: ${flow("requests")}, limits: ${flow("limits")} }`,
    allowed:
      "what is reserved (`requests`) and, at least that, what may be used (`limits`); " +
      `\`cpu\`: ${cpu?.allowed}; \`memory\`: ${memory?.allowed}`,
  };
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
