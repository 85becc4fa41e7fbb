/** What TSN offers to those who submit: all that the gateway needs, and nothing of how a verdict is found. */
import type { StandardModule } from "../verifier/standard.ts";
import { examples } from "./examples.ts";
import { TsnModel } from "./schema.ts";

/** The questions that can be asked of a model. */
export const properties = [
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
      "There are gate control lists and offsets that give every frame a window of its own at every port and keep every deadline and jitter. The evidence is such a schedule; the counterexample is a set of streams that cannot be scheduled so together, as small as was found.",
  },
] as const satisfies StandardModule["properties"];

/** Id of a property of this standard. */
export type TsnProperty = (typeof properties)[number]["id"];

/** The standard TSN: schedules of IEEE 802.1Q, clause 8.6.8 (802.1Qbv). */
export const tsn = {
  id: "tsn",
  properties,
  model: TsnModel,
  examples,
} as const satisfies Omit<StandardModule, "engines" | "verify">;
