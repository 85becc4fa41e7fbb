import { expect, test } from "vitest";
import { z } from "zod";
import { validatorCompiler } from "../../../services/gateway/validation.ts";
import type { Problem } from "../../../services/runtime/problems.ts";

test("of a body that is wrong everywhere only as many places are put into words as are told", () => {
  let worded = 0;
  const error = () => {
    worded += 1;
    return "No text.";
  };
  const schema = z.array(z.string({ error }));
  const validate = validatorCompiler({ schema, method: "POST", url: "/", httpPart: "body" });
  const { error: problem } = validate(Array(5_000).fill(1)) as { error: Problem };
  expect(problem.errors).toHaveLength(100);
  expect(problem.errors.at(-1)).toEqual({ pointer: "/99", detail: "No text." });
  expect(worded).toBe(100);
});
