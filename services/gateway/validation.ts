import type { FastifySchemaCompiler } from "fastify";
import { z } from "zod";
import { Problem, type ProblemCause } from "../runtime/problems.ts";
import { problemTypes } from "./problems.ts";

/** Places that are named at most: more than anybody reads. */
const maxPlaces = 100;

/** Checks the parts of a request with the zod schemas of its route; what does not fit is answered as a problem. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (given: unknown) => {
    // As `safeParse` does it, but the issues are put into words only as far as anybody reads them: a body of many values
    // can have as many issues, and the words take most of the time and memory.
    const { value, issues } = schema._zod.run(
      { value: given, issues: [] },
      { async: false },
    ) as z.core.ParsePayload;
    if (issues.length === 0) return { value };
    const worded = issues
      .slice(0, maxPlaces)
      .map((issue) => z.core.util.finalizeIssue(issue, {}, z.config()));
    return { error: problemOf(httpPart, worded) };
  };
};

function problemOf(httpPart: string | undefined, issues: readonly z.core.$ZodIssue[]): Problem {
  const errors = issues.flatMap((issue) => placesOf(issue, [])).slice(0, maxPlaces);
  if (httpPart === "params") return new Problem(problemTypes.notFound, "Nothing is at this address.");
  if (httpPart === "querystring")
    return new Problem(problemTypes.invalidParameter, "Correct the parameters that `errors` names.", {
      errors,
    });
  return new Problem(problemTypes.invalidRequest, "Correct the places of the body that `errors` names.", {
    errors,
  });
}

function placesOf(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): ProblemCause[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.slice(0, maxPlaces).map((key) => ({
        pointer: pointerOf([...path, key]),
        detail: "There is no such field.",
      }));
    case "invalid_union": {
      const closest = closestOf(issue.errors);
      if (closest) return closest.flatMap((inner) => placesOf(inner, path));
      break;
    }
    case "invalid_key":
    case "invalid_element":
      return issue.issues.flatMap((inner) => placesOf(inner, path));
  }
  return [{ pointer: pointerOf(path), detail: issue.message }];
}

/** Of the alternatives of a union the one that was meant, most likely: that which fits deepest. */
function closestOf(alternatives: readonly z.core.$ZodIssue[][]): z.core.$ZodIssue[] | undefined {
  const depthOf = (issues: readonly z.core.$ZodIssue[]) => Math.max(...issues.map(({ path }) => path.length));
  return [...alternatives].sort((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0];
}

function pointerOf(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
