import { z } from "zod";
import { integer, storage } from "../fields.ts";
import { resources } from "../shapes.ts";

export const gateway = z.strictObject({
  replicas: integer("pods", { min: 1, max: 50, example: 3 }).default(3),
  resources: resources({
    requests: { cpu: "250m", memory: "256Mi" },
    limits: { cpu: "500m", memory: "512Mi" },
  }).prefault({}),
  scratch: storage("64Mi").default("64Mi"),
});
