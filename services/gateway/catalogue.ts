import { z } from "zod";
import { type StandardId, standards } from "../../components/contract/standards.ts";
import type { StandardModule } from "../verifier/standard.ts";

/** What the gateway needs of a standard's module to take submissions: never what verifies them. */
export type SubmittableStandard = Pick<StandardModule, "id" | "properties" | "model" | "examples">;

/** A standard as `GET /v1/standards` lists it. */
export const StandardSummary = z
  .object({
    id: z.enum(standards.map(({ id }) => id) as [StandardId, ...StandardId[]]),
    title: z.string().meta({ description: "What people call it" }),
    specification: z.string().meta({ description: "The documents that define it" }),
    available: z.boolean().meta({ description: "Whether submissions are taken yet" }),
  })
  .meta({ id: "StandardSummary" });
export type StandardSummary = z.infer<typeof StandardSummary>;

/** All that a caller needs to make a submission. */
export const Standard = StandardSummary.extend({
  properties: z
    .array(z.object({ id: z.string(), title: z.string(), description: z.string() }))
    .meta({ description: "What a model can be verified for" }),
  modelSchema: z
    .record(z.string(), z.unknown())
    .optional()
    .meta({ description: "JSON Schema (draft 2020-12) of a model; present if the standard is available" }),
  examples: z
    .array(
      z.object({
        title: z.string(),
        submission: z
          .object({ standard: z.string(), property: z.string(), model: z.unknown() })
          .meta({ description: "Body for POST /v1/verifications, as it is" }),
      }),
    )
    .meta({ description: "Submissions that work as they are" }),
}).meta({ id: "Standard" });
export type Standard = z.infer<typeof Standard>;

/** The platform's standards, and how to make a submission for those that are available. */
export interface Catalogue {
  readonly summaries: readonly StandardSummary[];
  /** The standards that take submissions. */
  readonly available: readonly SubmittableStandard[];
  find(id: string): Standard | undefined;
}

/** @param available the modules of the standards that have a verifier */
export function catalogueOf(available: readonly SubmittableStandard[]): Catalogue {
  const entries = standards.map((standard): Standard => {
    const module = available.find(({ id }) => id === standard.id);
    return module
      ? { ...standard, available: true, ...offerOf(module) }
      : { ...standard, available: false, properties: [], examples: [] };
  });
  return {
    summaries: entries.map(({ id, title, specification, available }) => ({
      id,
      title,
      specification,
      available,
    })),
    available,
    find: (id) => entries.find((entry) => entry.id === id),
  };
}

function offerOf({ id, properties, model, examples }: SubmittableStandard) {
  return {
    properties: [...properties],
    modelSchema: z.toJSONSchema(model, { io: "input", target: "draft-2020-12" }) as Record<string, unknown>,
    examples: examples.map(({ title, ...submission }) => ({
      title,
      submission: { standard: id, ...submission },
    })),
  };
}
