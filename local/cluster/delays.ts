import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

const seconds = z.number().min(0).max(600);
const single = z.strictObject({ seconds, source: z.string().min(1) });
const perImage = z
  .array(
    z.strictObject({
      image: z.string().regex(/^(\*|[a-z0-9][a-z0-9._-]*)$/),
      seconds,
      source: z.string().min(1),
    }),
  )
  .refine((entries) => entries.at(-1)?.image === "*", "the last entry must be for every other image: *")
  .refine(
    (entries) => new Set(entries.map((entry) => entry.image)).size === entries.length,
    "one entry an image",
  );

const tableSchema = z.strictObject({
  sandbox: single,
  attach: single,
  provision: single,
  pull: perImage,
  container: single,
  answers: perImage,
  init: perImage,
  job: perImage,
  stop: perImage,
  operators: z.array(
    z.strictObject({ kind: z.string().regex(/^[A-Z][A-Za-z]+$/), seconds, source: z.string().min(1) }),
  ),
});

/** Start-up delays of the played pods and volumes, in seconds; see delays.yaml for what each means. */
export type DelayTable = z.infer<typeof tableSchema>;

/** A list of the table that has an entry for every image. */
export type ImageDelays = DelayTable["pull"];

/** Checks a parsed table. Throws one error that names every wrong entry. */
export function parseDelays(value: unknown): DelayTable {
  const result = tableSchema.safeParse(value);
  if (result.success) return result.data;
  throw new Error(`local/cluster/delays.yaml is not a table of delays:\n${z.prettifyError(result.error)}`);
}

/** The committed table. */
export function loadDelays(): DelayTable {
  return parseDelays(parse(readFileSync(new URL("delays.yaml", import.meta.url), "utf8")));
}
