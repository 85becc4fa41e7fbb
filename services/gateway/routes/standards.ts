import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";
import { Problem } from "../../runtime/problems.ts";
import { type Catalogue, Standard, StandardSummary } from "../catalogue.ts";
import { guardProblems, jsonAnswer, problemAnswers } from "../documentation.ts";
import { problemTypes } from "../problems.ts";

const StandardList = z.object({ items: z.array(StandardSummary) }).meta({ id: "StandardList" });

/** `GET /v1/standards` and `GET /v1/standards/{id}`. */
export function standardRoutes(app: FastifyInstance, catalogue: Catalogue): void {
  const typed = app.withTypeProvider<ZodTypeProvider>();
  typed.route({
    method: "GET",
    url: "/v1/standards",
    schema: {
      operationId: "listStandards",
      tags: ["standards"],
      summary: "List the standards",
      response: {
        200: jsonAnswer("All standards of the platform", StandardList),
        ...problemAnswers(...guardProblems),
      },
    },
    handler: async () => ({ items: [...catalogue.summaries] }),
  });
  typed.route({
    method: "GET",
    url: "/v1/standards/:id",
    schema: {
      operationId: "getStandard",
      tags: ["standards"],
      summary: "Get a standard, with all that a submission needs",
      params: z.object({ id: z.string().meta({ examples: ["tsn"] }) }),
      response: {
        200: jsonAnswer("The standard", Standard),
        ...problemAnswers(...guardProblems, problemTypes.notFound),
      },
    },
    handler: async ({ params: { id } }) => {
      const standard = catalogue.find(id);
      if (standard) return standard;
      const allowed = catalogue.summaries.map((summary) => summary.id).join(", ");
      throw new Problem(problemTypes.notFound, `There is no such standard; there are ${allowed}.`);
    },
  });
}
