import { z } from "zod";
import { checkConnections } from "./connections.ts";
import { checkBodies } from "./cross-checks.ts";
import { dnsLabel, dnsName, field, imageRegistry, oneOf, secret } from "./fields.ts";
import { checkPorts } from "./ports.ts";
import { alerting, alertSecrets, checkReceivers } from "./sections/alerting.ts";
import { autoscaling, checkAutoscaling } from "./sections/autoscaling.ts";
import { backup, checkBackupAge } from "./sections/backup.ts";
import { capacity } from "./sections/capacity.ts";
import { exporters } from "./sections/exporters.ts";
import { gateway } from "./sections/gateway.ts";
import { grafana } from "./sections/grafana.ts";
import { images } from "./sections/images.ts";
import { checkJaeger, jaeger } from "./sections/jaeger.ts";
import { checkLogging, logging } from "./sections/logging.ts";
import { mesh } from "./sections/mesh.ts";
import { migrations } from "./sections/migrations.ts";
import { checkKubelets, network } from "./sections/network.ts";
import { checkObjectStorage, objectStorage } from "./sections/object-storage.ts";
import { checkOperators, issuer, longhorn, operators } from "./sections/operators.ts";
import { postgresql } from "./sections/postgresql.ts";
import { checkPrometheus, prometheus } from "./sections/prometheus.ts";
import { redis } from "./sections/redis.ts";
import { settings } from "./sections/settings.ts";
import { verification } from "./sections/verification.ts";
import { generation } from "./shapes.ts";

/**
 * A namespace that the platform creates and, in the end, deletes with all that is in it. The shipper's is named after it, with
 * `-logs` at its end: both are DNS labels, and no stack's namespace is another one's shipper's.
 */
const ownNamespace = field(
  dnsLabel("iot-verification")
    .max(58)
    .refine((name) => name !== "default" && !name.startsWith("kube-") && !name.endsWith("-logs")),
  {
    allowed:
      "a DNS label: lower-case letters, digits and '-', at most 58 characters, a letter first; not default, nor one that " +
      "begins with kube-, because `pulumi destroy` deletes it; nor one that ends in -logs, because NAMESPACE-logs is the " +
      "shipper's of the logs",
    example: "iot-verification",
  },
);

const mirror = field(z.union([z.literal(""), imageRegistry("registry.example.com/mirror")]), {
  allowed: "a registry host (with a dot or a port), with a path if need be, or empty for none",
  example: "registry.example.com/mirror",
});

/** Credentials that somebody else has chosen; each must be set with `--secret`. Left out, the stack generates them. */
export const secretKeys = [
  "databasePassword",
  "redisPassword",
  "jwtSecret",
  "apiKey",
  "prometheusToken",
  "jwtSecretPrevious",
  "apiKeyPrevious",
  "prometheusTokenPrevious",
  "grafanaPassword",
  "elasticPassword",
  "objectStorageAccessKeyId",
  "objectStorageSecretAccessKey",
  ...(Object.keys(alertSecrets) as (keyof typeof alertSecrets)[]),
] as const;

/** The whole configuration of a stack. Defaults are the sizes of production. */
export const schema = z
  .strictObject({
    layer: oneOf(["platform", "cluster"]).default("platform"),
    namespace: ownNamespace.default("iot-verification"),
    environment: oneOf(["development", "staging", "production"]).default("development"),
    team: dnsLabel("iot-verification").default("iot-verification"),
    clusterDomain: dnsName("cluster.local").default("cluster.local"),
    deletionProtection: oneOf(["enabled", "disabled"]).default("enabled"),
    mirror: mirror.default(""),
    images: images.prefault({}),
    settings: settings.prefault({}),
    postgresql: postgresql.prefault({}),
    redis: redis.prefault({}),
    migrations,
    objectStorage: objectStorage.prefault({}),
    backup: backup.prefault({}),
    verification: verification.prefault({}),
    gateway: gateway.prefault({}),
    autoscaling: autoscaling.prefault({}),
    capacity: capacity.prefault({}),
    network: network.prefault({}),
    mesh: mesh.prefault({}),
    prometheus: prometheus.prefault({}),
    exporters: exporters.prefault({}),
    alerting: alerting.prefault({}),
    grafana: grafana.prefault({}),
    jaeger: jaeger.prefault({}),
    logging: logging.prefault({}),
    operatorCheck: oneOf(["enabled", "disabled"]).default("enabled"),
    operators: operators.prefault({}),
    longhorn: longhorn.prefault({}),
    issuer: issuer.prefault({}),
    rotation: z
      .strictObject({
        database: generation.default(1),
        redis: generation.default(1),
        jwtSecret: generation.default(1),
        apiKey: generation.default(1),
        prometheusToken: generation.default(1),
        monitoring: generation.default(1),
        objectStorage: generation.default(1),
        grafana: generation.default(1),
        elastic: generation.default(1),
        elasticsearchUsers: generation.default(1),
      })
      .prefault({}),
    databasePassword: secret(16).optional(),
    redisPassword: secret(16).optional(),
    /** HMAC key of the tokens: as long as its digest, by RFC 7518, section 3.2. */
    jwtSecret: secret(32).optional(),
    apiKey: secret(24).optional(),
    prometheusToken: secret(24).optional(),
    grafanaPassword: secret(16).optional(),
    elasticPassword: secret(16).optional(),
    objectStorageAccessKeyId: secret(3).optional(),
    objectStorageSecretAccessKey: secret(16).optional(),
    jwtSecretPrevious: secret(32).optional(),
    apiKeyPrevious: secret(24).optional(),
    prometheusTokenPrevious: secret(24).optional(),
    ...alertSecrets,
  })
  .superRefine(checkBodies)
  .superRefine(checkAutoscaling)
  .superRefine(checkConnections)
  .superRefine(checkReceivers)
  .superRefine(checkObjectStorage)
  .superRefine(checkBackupAge)
  .superRefine(checkLogging)
  .superRefine(checkPrometheus)
  .superRefine(checkJaeger)
  .superRefine(checkPorts)
  .superRefine(checkKubelets)
  .superRefine(checkOperators);

/** The keys of stack `cluster`, and among them those that no platform stack has. */
export const clusterKeys = [
  "layer",
  "deletionProtection",
  "mirror",
  "operators",
  "longhorn",
  "issuer",
] as const;
export const clusterOnlyKeys = ["operators", "longhorn", "issuer"] as const;

/** A validated configuration. */
export type StackConfig = z.output<typeof schema>;
