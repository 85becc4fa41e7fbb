import { z } from "zod";
import { resources } from "../shapes.ts";

export const migrations = z.strictObject({
  resources: resources({
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { cpu: "500m", memory: "256Mi" },
  }).prefault({}),
});
