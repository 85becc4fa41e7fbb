import type { FastifySchemaCompiler } from "fastify";
import type { z } from "zod";
import { Problem, type ProblemCause } from "../runtime/problems.ts";
import { problemTypes } from "./problems.ts";

/** Places that are named at most: more than anybody reads. */
const maxPlaces = 100;

/** Checks the parts of a request with the zod schemas of its route; what does not fit is answered as a problem. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (value: unknown) => {
    const { success, data, error } = schema.safeParse(value);
    return success ? { value: data } : { error: problemOf(httpPart, error) };
  };
};

function problemOf(httpPart: string | undefined, error: z.ZodError): Problem {
  const errors = placesOf(error).slice(0, maxPlaces);
  if (httpPart === "params") return new Problem(problemTypes.notFound, "Nothing is at this address.");
  if (httpPart === "querystring")
    return new Problem(problemTypes.invalidParameter, "Correct the parameters that `errors` names.", {
      errors,
    });
  return new Problem(problemTypes.invalidRequest, "Correct the places of the body that `errors` names.", {
    errors,
  });
}

function placesOf(error: z.ZodError): ProblemCause[] {
  return error.issues.flatMap((issue) => placesOfIssue(issue, []));
}

function placesOfIssue(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): ProblemCause[] {
  const path = [...base, ...issue.path];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({
        pointer: pointerOf([...path, key]),
        detail: "There is no such field.",
      }));
    case "invalid_union": {
      const closest = closestOf(issue.errors);
      if (closest) return closest.flatMap((inner) => placesOfIssue(inner, path));
      break;
    }
    case "invalid_key":
    case "invalid_element":
      return issue.issues.flatMap((inner) => placesOfIssue(inner, path));
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
