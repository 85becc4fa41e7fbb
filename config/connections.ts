import type { z } from "zod";
import { databaseConnections } from "../components/contract/runtime.ts";
import { standards } from "../components/contract/standards.ts";
import type { autoscaling } from "./sections/autoscaling.ts";
import type { gateway } from "./sections/gateway.ts";
import type { postgresql } from "./sections/postgresql.ts";
import type { verification } from "./sections/verification.ts";
import { gatewayScaling, verifierScaling } from "./slices/autoscaling.ts";

interface Connecting {
  readonly autoscaling: z.output<typeof autoscaling>;
  readonly gateway: z.output<typeof gateway>;
  readonly postgresql: z.output<typeof postgresql>;
  readonly verification: z.output<typeof verification>;
}

/** Connections of others: 10 of who reads statistics (roles.sql), 2 of migrations, one of a backup, the superuser's 3. */
const others = 16;

const numbers = /(replicas|max_connections)$/i;

/** The database has a connection for each that the most pods may open. Pods that end hold next to none. */
export function checkConnections(config: Connecting, context: z.core.$RefinementCtx<unknown>): void {
  // A number that is no legal one is reported by itself, and counted nowhere.
  if (context.issues.some(({ path }) => numbers.test(path?.join(".") ?? ""))) return;
  const { gateway, verification } = config;
  const gateways = gatewayScaling(config)?.maximum ?? gateway.replicas;
  const verifiers = standards
    .map(({ id }) => {
      const { replicas } = verification.overrides[id] ?? verification;
      return verifierScaling(config, id)?.maximum ?? replicas;
    })
    .reduce((sum, pods) => sum + pods, 0);
  const needed = gateways * databaseConnections.gateway + verifiers * databaseConnections.verifier + others;
  const { max_connections } = config.postgresql.parameters;
  if (max_connections >= needed) return;
  const keys =
    config.autoscaling.metrics === "none"
      ? "gateway.replicas and verification.replicas"
      : "autoscaling.gateway.maxReplicas and autoscaling.verification.maxReplicas";
  context.addIssue({
    code: "custom",
    path: ["postgresql", "parameters", "max_connections"],
    params: {
      value: max_connections,
      allowed:
        `at least ${needed}: ${databaseConnections.gateway} for each of ${gateways} pods of the gateway, ` +
        `${databaseConnections.verifier} for each of ${verifiers} of all verifiers, and ${others} for others; or lower ${keys}`,
      example: String(needed),
    },
  });
}
