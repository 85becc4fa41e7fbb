import { z } from "zod";
import { field } from "../fields.ts";
import { resources, volume } from "../shapes.ts";

export const grafana = z.strictObject({
  /** URL under which browsers reach it, where something in front of it makes it reachable. */
  url: field(z.url({ protocol: /^https?$/ }), {
    allowed:
      "the http or https URL under which browsers reach Grafana; left out, nothing outside the cluster does",
    example: "https://grafana.example.com",
  }).optional(),
  resources: resources({
    requests: { cpu: "250m", memory: "256Mi" },
    limits: { cpu: "500m", memory: "1Gi" },
  }).prefault({}),
  /** The volume of its database: users, and dashboards that they make. */
  storage: volume("5Gi").prefault({}),
});
