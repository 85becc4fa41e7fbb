import { z } from "zod";
import { Problem } from "../runtime/problems.ts";
import type { Catalogue, SubmittableStandard } from "./catalogue.ts";
import { problemTypes } from "./problems.ts";

/** The schema of submissions to the standards that take them: one alternative for each. */
export function submissionSchema({ available }: Catalogue) {
  const [first, ...others] = available.map(submissionTo);
  if (!first) throw new Error("No standard takes submissions: give the catalogue a module.");
  return z.discriminatedUnion("standard", [first, ...others]).meta({
    id: "Submission",
    description: "What to verify",
    examples: available.flatMap(({ id, examples }) =>
      examples.map(({ property, model }) => ({ standard: id, property, model })),
    ),
  });
}

function submissionTo({ id, properties, model }: SubmittableStandard) {
  const [first, ...others] = properties.map((property) => property.id);
  if (first === undefined) throw new Error(`The module of ${id} has no property.`);
  return z.strictObject({ standard: z.literal(id), property: z.enum([first, ...others]), model });
}

/**
 * Refuses a body that names a standard or a property that is not there, in words that say which are: the schema would only
 * say that the body fits none of its alternatives.
 *
 * @throws Problem
 */
export function refuseUnknown(body: unknown, catalogue: Catalogue): void {
  const { standard, property } = { ...(body as object) } as { standard?: unknown; property?: unknown };
  if (typeof standard !== "string") return;
  const entry = catalogue.find(standard);
  const available = catalogue.available.map(({ id }) => id);
  if (!entry) throw unknown(problemTypes.unknownStandard, "/standard", standard, available);
  if (!entry.available) throw unknown(problemTypes.standardUnavailable, "/standard", standard, available);
  const properties = entry.properties.map(({ id }) => id);
  if (typeof property === "string" && !properties.includes(property))
    throw unknown(problemTypes.unknownProperty, "/property", property, properties);
}

function unknown(
  type: (typeof problemTypes)["unknownStandard" | "standardUnavailable" | "unknownProperty"],
  pointer: string,
  value: string,
  allowed: readonly string[],
): Problem {
  const detail = `It is ${JSON.stringify(value.slice(0, 100))}; allowed now: ${allowed.join(", ")}.`;
  return new Problem(type, `Correct ${pointer}. ${detail}`, { errors: [{ pointer, detail }] });
}
