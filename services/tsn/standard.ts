/** The standard TSN: schedules of IEEE 802.1Q, clause 8.6.8 (802.1Qbv). */
import type { Verdict } from "../database/verification.ts";
import type { StandardModule, Submission, VerifyContext } from "../verifier/standard.ts";
import { examples } from "./examples.ts";
import { problemsOf, type TsnProperty } from "./problems.ts";
import { TsnModel } from "./schema.ts";
import { verifyExists } from "./synthesis/verify.ts";
import { verifyValid } from "./validity/verify.ts";

const properties: readonly { id: TsnProperty; title: string; description: string }[] = [
  {
    id: "schedule-valid",
    title: "The gate control lists keep every deadline",
    description:
      "With the given gate control lists every frame of every stream is received within its deadline and jitter, for all clock errors and release delays within the model's bounds, from the start of an empty network on and for ever.",
  },
  {
    id: "schedule-exists",
    title: "Gate control lists exist",
    description:
      "There are gate control lists and offsets that give every frame a window of its own at every port and keep every deadline and jitter. The evidence is such a schedule; the counterexample is a smallest set of streams that cannot be scheduled together.",
  },
];

/** The module of the standard TSN. */
export const tsn: StandardModule = {
  id: "tsn",
  properties,
  model: TsnModel,
  examples,
  engines: ["z3"],
  verify,
};

async function verify({ property, model: submitted }: Submission, context: VerifyContext): Promise<Verdict> {
  const id = properties.find((each) => each.id === property)?.id;
  if (!id)
    throw new Error(
      `TSN has no property ${property}: one of ${properties.map((each) => each.id).join(", ")}`,
    );
  const model = TsnModel.parse(submitted);
  context.progress({ phase: "check" });
  const problems = problemsOf(model, id);
  if (problems.length > 0) return { verdict: "invalid", problems };
  return id === "schedule-valid" ? verifyValid(model, context) : verifyExists(model, context);
}
