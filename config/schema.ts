import { z } from "zod";
import { type StandardId, standards } from "../components/contract/standards.ts";
import { checkBodies, checkEngines, checkPostgresql, checkRedis } from "./cross-checks.ts";
import {
  cpu,
  decimal,
  dnsLabel,
  dnsName,
  field,
  imageRegistry,
  integer,
  memory,
  oneOf,
  pinnedImage,
  postgresMemory,
  postgresqlImage,
  redisMemory,
  requestSize,
  secret,
  storage,
  version,
} from "./fields.ts";
import { generation, resources, volume } from "./shapes.ts";

const images = z.strictObject({
  /** Registry and path before the names of the platform's own images. */
  registry: imageRegistry("ghcr.io/iot-verification").default("ghcr.io/iot-verification"),
  /** Tag of the platform's own images: the version of the platform. */
  tag: field(
    z
      .string()
      .max(128)
      .regex(/^v?\d+(\.\d+)+[\w.-]*$/),
    {
      allowed: "a tag that begins with a version (never latest), quoted if it looks like a number",
      example: '"0.1.0"',
    },
  ).default("0.1.0"),
  /** Complete references that replace single images of the platform, by the name of their workload. */
  overrides: z
    .partialRecord(
      z.enum([
        "api-gateway",
        "database-migrations",
        ...standards.map(({ id }) => `${id}-verification` as const),
      ]),
      pinnedImage("ghcr.io/iot-verification/api-gateway:0.1.1"),
    )
    .default({}),
  /** The pod is made for the Debian variant of the official image; data of one major version is for that version. */
  postgresql: postgresqlImage("docker.io/library/postgres:17.11-bookworm").default(
    "docker.io/library/postgres:17.11-bookworm",
  ),
  redis: pinnedImage("docker.io/library/redis:8.2.10").default("docker.io/library/redis:8.2.10"),
  /** Secrets of the namespace that hold registry credentials. */
  pullSecrets: field(z.array(dnsName("registry-credentials")).max(8), {
    allowed: "a list of at most 8 names of Secrets",
    example: "[registry-credentials]",
  }).default([]),
});

const settings = z
  .strictObject({
    databaseName: field(z.string().regex(/^(?!(postgres|template[01])$)[a-z_][a-z0-9_]{0,62}$/), {
      allowed:
        "an SQL identifier: lower-case letters, digits and '_', at most 63 characters; not postgres, template0 or template1",
      example: "iot_verification",
    }).default("iot_verification"),
    databaseUser: field(z.string().regex(/^(?!pg_|(postgres|public|none)$)[a-z_][a-z0-9_]{0,49}$/), {
      // A login is this, "_" and 12 digits of the password's revision; PostgreSQL cuts names at 63 characters.
      allowed:
        "an SQL identifier of at most 50 characters, not postgres, public or none, nor one that begins with pg_",
      example: "iot_user",
    }).default("iot_user"),
    coqVersion: version("8.16.0").default("8.16.0"),
    tlaVersion: version("1.8.0").default("1.8.0"),
    rustVersion: version("1.70.0").default("1.70.0"),
    z3Version: version("5.4.1").default("5.4.1"),
    logLevel: oneOf(["debug", "info", "warn", "error"]).default("info"),
    logFormat: oneOf(["json", "text"]).default("json"),
    maxConcurrentVerifications: integer("verifications of one pod", {
      min: 1,
      max: 100,
      example: 10,
    }).default(10),
    verificationTimeout: integer("seconds", { min: 1, max: 86_400, example: 300 }).default(300),
    resourceLimitsCpu: cpu("2").default("2"),
    resourceLimitsMemory: memory("4Gi").default("4Gi"),
    maxQueuedVerifications: integer("waiting verifications of one standard", {
      min: 1,
      max: 1_000_000,
      example: 1000,
    }).default(1000),
    rateLimitPerMinute: integer("requests of one caller", { min: 1, max: 1_000_000, example: 600 }).default(
      600,
    ),
    maxRequestSize: requestSize("4Mi").default("4Mi"),
    otlpEndpoint: field(z.union([z.literal(""), z.url({ protocol: /^https?$/ })]), {
      allowed:
        "the http or https URL of an OTLP/HTTP receiver, without /v1/traces; empty to export no traces",
      example: "http://otel-collector.observability:4318",
    }).default(""),
  })
  .superRefine(checkEngines);

const postgresql = z
  .strictObject({
    resources: resources({
      requests: { cpu: "500m", memory: "1Gi" },
      limits: { cpu: "1", memory: "2Gi" },
    }).prefault({}),
    storage: volume("20Gi").prefault({}),
    /** Parameters of postgresql.conf, under PostgreSQL's own names: https://www.postgresql.org/docs/17/runtime-config.html */
    parameters: z
      .strictObject({
        max_connections: integer("connections", { min: 10, max: 2000, example: 200 }).default(200),
        shared_buffers: postgresMemory({ min: "16MB", max: "128GB", example: "256MB" }).default("256MB"),
        effective_cache_size: postgresMemory({ min: "16MB", max: "512GB", example: "1GB" }).default("1GB"),
        maintenance_work_mem: postgresMemory({ min: "1MB", max: "16GB", example: "64MB" }).default("64MB"),
        work_mem: postgresMemory({ min: "64kB", max: "4GB", example: "4MB" }).default("4MB"),
        wal_buffers: postgresMemory({ min: "32kB", max: "1GB", example: "16MB" }).default("16MB"),
        min_wal_size: postgresMemory({ min: "32MB", max: "256GB", example: "1GB" }).default("1GB"),
        max_wal_size: postgresMemory({ min: "64MB", max: "1TB", example: "4GB" }).default("4GB"),
        checkpoint_completion_target: decimal("share of the interval", {
          min: 0,
          max: 1,
          example: 0.9,
        }).default(0.9),
        default_statistics_target: integer("histogram buckets", {
          min: 1,
          max: 10_000,
          example: 100,
        }).default(100),
        random_page_cost: decimal("times a sequential page", { min: 0.1, max: 100, example: 1.1 }).default(
          1.1,
        ),
        effective_io_concurrency: integer("concurrent reads", { min: 0, max: 1000, example: 200 }).default(
          200,
        ),
      })
      .prefault({}),
  })
  .superRefine(checkPostgresql);

const redis = z
  .strictObject({
    resources: resources({
      requests: { cpu: "250m", memory: "256Mi" },
      limits: { cpu: "500m", memory: "512Mi" },
    }).prefault({}),
    storage: volume("5Gi").prefault({}),
    maxmemory: redisMemory({ min: "8mb", max: "256gb", example: "256mb" }).default("256mb"),
  })
  .superRefine(checkRedis);

const verification = z.strictObject({
  replicas: integer("pods of each standard", { min: 1, max: 50, example: 2 }).default(2),
  /** Of the service itself; what its engines may use together comes on top of the limits. */
  resources: resources({
    requests: { cpu: "500m", memory: "512Mi" },
    limits: { cpu: "1", memory: "1Gi" },
  }).prefault({}),
  /** Size of a pod's scratch space. */
  scratch: storage("10Gi").default("10Gi"),
  /** Replicas of single standards. */
  overrides: z
    .partialRecord(
      z.enum(standards.map(({ id }) => id) as [StandardId, ...StandardId[]]),
      z.strictObject({ replicas: integer("pods", { min: 1, max: 50, example: 4 }) }),
    )
    .default({}),
});

const gateway = z.strictObject({
  replicas: integer("pods", { min: 1, max: 50, example: 3 }).default(3),
  resources: resources({
    requests: { cpu: "250m", memory: "256Mi" },
    limits: { cpu: "500m", memory: "512Mi" },
  }).prefault({}),
  scratch: storage("64Mi").default("64Mi"),
});

const migrations = z.strictObject({
  resources: resources({
    requests: { cpu: "100m", memory: "128Mi" },
    limits: { cpu: "500m", memory: "256Mi" },
  }).prefault({}),
});

/** A namespace that the platform creates and, in the end, deletes with all that is in it. */
const ownNamespace = field(
  dnsLabel("iot-verification").refine((name) => name !== "default" && !name.startsWith("kube-")),
  {
    allowed:
      "a DNS label: lower-case letters, digits and '-', at most 63 characters, a letter first; not default, " +
      "nor one that begins with kube-, because `pulumi destroy` deletes it",
    example: "iot-verification",
  },
);

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
] as const;

/** The whole configuration of a stack. Defaults are the sizes of production. */
export const schema = z
  .strictObject({
    namespace: ownNamespace.default("iot-verification"),
    environment: oneOf(["development", "staging", "production"]).default("development"),
    team: dnsLabel("iot-verification").default("iot-verification"),
    clusterDomain: dnsName("cluster.local").default("cluster.local"),
    images: images.prefault({}),
    settings: settings.prefault({}),
    postgresql: postgresql.prefault({}),
    redis: redis.prefault({}),
    migrations: migrations.prefault({}),
    verification: verification.prefault({}),
    gateway: gateway.prefault({}),
    /** Generations of the credentials that the stack makes. */
    rotation: z
      .strictObject({
        database: generation.default(1),
        redis: generation.default(1),
        jwtSecret: generation.default(1),
        apiKey: generation.default(1),
        prometheusToken: generation.default(1),
      })
      .prefault({}),
    databasePassword: secret(16).optional(),
    redisPassword: secret(16).optional(),
    /** HMAC key of the tokens: as long as its digest, by RFC 7518, section 3.2. */
    jwtSecret: secret(32).optional(),
    apiKey: secret(24).optional(),
    prometheusToken: secret(24).optional(),
    /** The values before these, where somebody else had chosen them: accepted besides. */
    jwtSecretPrevious: secret(32).optional(),
    apiKeyPrevious: secret(24).optional(),
    prometheusTokenPrevious: secret(24).optional(),
  })
  .superRefine(checkBodies);

/** A validated configuration. */
export type StackConfig = z.output<typeof schema>;
