import { z } from "zod";
import { sized } from "../shapes.ts";

/** Of the exporters, each a pod of its own. */
export const exporters = z.strictObject({
  postgresql: sized({
    requests: { cpu: "25m", memory: "32Mi" },
    limits: { cpu: "200m", memory: "64Mi" },
  }),
  redis: sized({
    requests: { cpu: "25m", memory: "32Mi" },
    limits: { cpu: "200m", memory: "64Mi" },
  }),
  elasticsearch: sized({
    requests: { cpu: "25m", memory: "48Mi" },
    limits: { cpu: "200m", memory: "96Mi" },
  }),
});
