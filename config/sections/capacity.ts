import { z } from "zod";
import { integer } from "../fields.ts";

/** What the quotas of the namespaces are computed from, besides the sizes and numbers of the workloads themselves. */
export const capacity = z.strictObject({
  /** One pod of the shipper of logs for each. */
  nodes: integer("nodes that the cluster may grow to", { min: 1, max: 5000, example: 50 }).default(50),
});
