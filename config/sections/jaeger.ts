import { z } from "zod";
import { integer } from "../fields.ts";
import { resources } from "../shapes.ts";

export const jaeger = z.strictObject({
  replicas: integer("pods", { min: 1, max: 10, example: 2 }).default(2),
  resources: resources({
    requests: { cpu: "250m", memory: "256Mi" },
    limits: { cpu: "1", memory: "1Gi" },
  }).prefault({}),
});
