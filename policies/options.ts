import { z } from "zod";

/** An option that is a version: text, since YAML without quotes takes 1.30 for the number 1.3. */
export function versionText(pattern: RegExp, problem: string): z.ZodString {
  return z
    .string({ error: "must be text in quotes: without them, 1.30 is read as the number 1.3" })
    .regex(pattern, problem);
}
