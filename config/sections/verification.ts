import { z } from "zod";
import { type StandardId, standards } from "../../components/contract/standards.ts";
import { integer, storage } from "../fields.ts";
import { resources } from "../shapes.ts";

export const verification = z.strictObject({
  replicas: integer("pods of each standard", { min: 1, max: 50, example: 2 }).default(2),
  /** The share of the service itself; what its engines may use together comes on top of the limits. */
  resources: resources({
    requests: { cpu: "500m", memory: "512Mi" },
    limits: { cpu: "1", memory: "1Gi" },
  }).prefault({}),
  /** Size of a pod's scratch space. */
  scratch: storage("10Gi").default("10Gi"),
  /** Replicas of single standards. */
  overrides: z
    .partialRecord(
      z.enum(standards.map(({ id }) => id) as [StandardId, ...StandardId[]]),
      z.strictObject({ replicas: integer("pods", { min: 1, max: 50, example: 4 }) }),
    )
    .default({}),
});
