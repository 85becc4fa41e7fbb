import { z } from "zod";
import { checkEngines } from "../cross-checks.ts";
import { cpu, field, integer, memory, oneOf, requestSize, serviceUrl, version } from "../fields.ts";

const otlpEndpoint = {
  allowed:
    "the http or https URL of an OTLP/HTTP receiver, without /v1/traces, a login or a query; empty to export no traces; left out, " +
    "they go to the platform's Jaeger",
  example: "http://otel-collector.observability:4318",
};

export const settings = z
  .strictObject({
    databaseName: field(z.string().regex(/^(?!(postgres|template[01])$)[a-z_][a-z0-9_]{0,62}$/), {
      allowed:
        "an SQL identifier: lower-case letters, digits and '_', at most 63 characters; not postgres, template0 or template1",
      example: "iot_verification",
    }).default("iot_verification"),
    databaseUser: field(
      z.string().regex(/^(?!pg_|(postgres|public|none|monitoring)$)[a-z_][a-z0-9_]{0,49}$/),
      {
        // A login is this, "_" and 12 digits of the password's revision; PostgreSQL cuts names at 63 characters.
        allowed:
          "an SQL identifier of at most 50 characters, not postgres, public, none or monitoring, nor one that begins with pg_",
        example: "iot_user",
      },
    ).default("iot_user"),
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
    otlpEndpoint: field(
      z.union([z.literal(""), serviceUrl(otlpEndpoint, { path: "any" })]),
      otlpEndpoint,
    ).optional(),
  })
  .superRefine(checkEngines);
