import { z } from "zod";
import { resources } from "../shapes.ts";

/** Of the exporters, each a pod of its own. */
export const exporters = z.strictObject({
  postgresql: z
    .strictObject({
      resources: resources({
        requests: { cpu: "25m", memory: "32Mi" },
        limits: { cpu: "200m", memory: "64Mi" },
      }).prefault({}),
    })
    .prefault({}),
  redis: z
    .strictObject({
      resources: resources({
        requests: { cpu: "25m", memory: "32Mi" },
        limits: { cpu: "200m", memory: "64Mi" },
      }).prefault({}),
    })
    .prefault({}),
  elasticsearch: z
    .strictObject({
      resources: resources({
        requests: { cpu: "25m", memory: "48Mi" },
        limits: { cpu: "200m", memory: "96Mi" },
      }).prefault({}),
    })
    .prefault({}),
});
