import { sized } from "../shapes.ts";

export const migrations = sized({
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { cpu: "500m", memory: "256Mi" },
});
