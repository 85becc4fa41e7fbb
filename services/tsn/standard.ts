/** The standard TSN with its verifier. */
import type { Verdict } from "../database/verification.ts";
import type { StandardModule, Submission, VerifyContext } from "../verifier/standard.ts";
import * as offer from "./offer.ts";
import { problemsOf } from "./problems.ts";
import { TsnModel } from "./schema.ts";
import { verifyExists } from "./synthesis/verify.ts";
import { verifyValid } from "./validity/verify.ts";

/** The module of the standard TSN. */
export const tsn: StandardModule = { ...offer.tsn, engines: ["z3"], verify };

async function verify({ property, model: submitted }: Submission, context: VerifyContext): Promise<Verdict> {
  const id = offer.properties.find((each) => each.id === property)?.id;
  if (!id) {
    const known = offer.properties.map((each) => each.id).join(", ");
    throw new Error(`TSN has no property ${property}: one of ${known}`);
  }
  const model = TsnModel.parse(submitted);
  context.progress({ phase: "check" });
  const problems = problemsOf(model, id);
  if (problems.length > 0) return { verdict: "invalid", problems };
  return id === "schedule-valid" ? verifyValid(model, context) : verifyExists(model, context);
}
