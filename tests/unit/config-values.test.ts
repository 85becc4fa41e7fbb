import { expect, test } from "vitest";
import { accepted, describeRefusals, type Refusal } from "./config-cases.ts";

const dnsName = "must be a DNS name: lower-case letters, digits, '-' and '.', at most 253 characters";
const namespace =
  "must be a DNS label: lower-case letters, digits and '-', at most 58 characters, a letter first; not default, nor one that " +
  "begins with kube-, because `pulumi destroy` deletes it; nor one that ends in -logs, because NAMESPACE-logs is the shipper's " +
  "of the logs; for example iot-verification";
const databaseName =
  "must be an SQL identifier: lower-case letters, digits and '_', at most 63 characters; not postgres, template0 or " +
  "template1; for example iot_verification";
const databaseUser =
  "must be an SQL identifier of at most 50 characters, not postgres, public, none or monitoring, nor one that begins with pg_; " +
  "for example iot_user";
const otlpEndpoint =
  "must be the http or https URL of an OTLP/HTTP receiver, without /v1/traces, a login or a query; empty to export no traces; " +
  "left out, they go to the platform's Jaeger; for example http://otel-collector.observability:4318";
const pods = "must be a whole number from 1 to 50 (pods); for example 3";
const cpu = "must be a CPU quantity from 1m to 64 (cores, or thousandths with m)";
const memory = "must be a memory quantity from 16Mi to 512Gi, in Mi or Gi";

const bounds: readonly Refusal[] = [
  ["no replicas", { gateway: { replicas: 0 } }, "gateway.replicas", "0", pods],
  ["too many replicas", { gateway: { replicas: 51 } }, "gateway.replicas", "51", pods],
  [
    "no replicas of one standard",
    { verification: { overrides: { wot: { replicas: 0 } } } },
    "verification.overrides.wot.replicas",
    "0",
    "must be a whole number from 1 to 50 (pods); for example 4",
  ],
  [
    "no time",
    { settings: { verificationTimeout: 0 } },
    "settings.verificationTimeout",
    "0",
    "must be a whole number from 1 to 86400 (seconds); for example 300",
  ],
  [
    "more than a day",
    { settings: { verificationTimeout: 86_401 } },
    "settings.verificationTimeout",
    "86401",
    "must be a whole number from 1 to 86400 (seconds); for example 300",
  ],
  [
    "too few connections",
    { postgresql: { parameters: { max_connections: 9 } } },
    "postgresql.parameters.max_connections",
    "9",
    "must be a whole number from 10 to 2000 (connections); for example 200",
  ],
  [
    "a share above one",
    { postgresql: { parameters: { checkpoint_completion_target: 1.1 } } },
    "postgresql.parameters.checkpoint_completion_target",
    "1.1",
    "must be a number from 0 to 1 (share of the interval); for example 0.9",
  ],
  [
    "a cost below the least",
    { postgresql: { parameters: { random_page_cost: 0 } } },
    "postgresql.parameters.random_page_cost",
    "0",
    "must be a number from 0.1 to 100 (times a sequential page); for example 1.1",
  ],
  [
    "a generation before the first",
    { rotation: { redis: 0 } },
    "rotation.redis",
    "0",
    "must be a whole number from 1 to 1000000 (a count: raise it by one to have a new credential); for example 2",
  ],
  [
    "no CPU",
    { gateway: { resources: { requests: { cpu: "0" } } } },
    "gateway.resources.requests.cpu",
    '"0"',
    `${cpu}; for example 250m`,
  ],
  [
    "too much CPU",
    { gateway: { resources: { limits: { cpu: 65 } } } },
    "gateway.resources.limits.cpu",
    "65",
    `${cpu}; for example 500m`,
  ],
  [
    "a unit of CPU that is none",
    { gateway: { resources: { limits: { cpu: "1k" } } } },
    "gateway.resources.limits.cpu",
    '"1k"',
    `${cpu}; for example 500m`,
  ],
  [
    "too little memory",
    { gateway: { resources: { requests: { memory: "15Mi" } } } },
    "gateway.resources.requests.memory",
    '"15Mi"',
    `${memory}; for example 256Mi`,
  ],
  [
    "decimal memory",
    { gateway: { resources: { limits: { memory: "1G" } } } },
    "gateway.resources.limits.memory",
    '"1G"',
    `${memory}; for example 512Mi`,
  ],
  [
    "too little scratch space",
    { gateway: { scratch: "63Mi" } },
    "gateway.scratch",
    '"63Mi"',
    "must be a storage quantity from 64Mi to 16Ti, in Mi, Gi or Ti; for example 64Mi",
  ],
  [
    "too large a volume",
    { redis: { storage: { size: "17Ti" } } },
    "redis.storage.size",
    '"17Ti"',
    "must be a storage quantity from 64Mi to 16Ti, in Mi, Gi or Ti; for example 5Gi",
  ],
  [
    "Redis' unit for PostgreSQL",
    { postgresql: { parameters: { work_mem: "4mb" } } },
    "postgresql.parameters.work_mem",
    '"4mb"',
    "must be a size from 64kB to 4GB, in kB, MB or GB; for example 4MB",
  ],
  [
    "PostgreSQL's unit for Redis",
    { redis: { maxmemory: "256MB" } },
    "redis.maxmemory",
    '"256MB"',
    "must be a size from 8mb to 256gb, in kb, mb or gb; for example 256mb",
  ],
];

const texts: readonly Refusal[] = [
  ["an empty namespace", { namespace: "" }, "namespace", '""', namespace],
  ["a namespace of blanks", { namespace: "  " }, "namespace", '"  "', namespace],
  ["a namespace in capitals", { namespace: "IoT" }, "namespace", '"IoT"', namespace],
  ["a namespace beyond ASCII", { namespace: "验证" }, "namespace", '"验证"', namespace],
  ["a namespace that is everybody's", { namespace: "default" }, "namespace", '"default"', namespace],
  ["a namespace of the system", { namespace: "kube-system" }, "namespace", '"kube-system"', namespace],
  ["another stack's shipper", { namespace: "iot-logs" }, "namespace", '"iot-logs"', namespace],
  [
    "a namespace whose shipper's would be too long",
    { namespace: "a".repeat(59) },
    "namespace",
    `"${"a".repeat(59)}"`,
    namespace,
  ],
  ["a very long namespace", { namespace: "a".repeat(5000) }, "namespace", `"${"a".repeat(76)}...`, namespace],
  [
    "an environment that is none",
    { environment: "prod" },
    "environment",
    '"prod"',
    "must be one of development, staging, production; for example development",
  ],
  [
    "a team that is no label",
    { team: "a team" },
    "team",
    '"a team"',
    "must be a DNS label: lower-case letters, digits and '-', at most 63 characters, a letter first; for example iot-verification",
  ],
  [
    "a domain with an empty part",
    { clusterDomain: "cluster..local" },
    "clusterDomain",
    '"cluster..local"',
    `${dnsName}; for example cluster.local`,
  ],
  [
    "an empty storage class",
    { redis: { storage: { storageClass: "" } } },
    "redis.storage.storageClass",
    '""',
    `${dnsName}; for example longhorn-replicated`,
  ],
  [
    "a log level that is none",
    { settings: { logLevel: "trace" } },
    "settings.logLevel",
    '"trace"',
    "must be one of debug, info, warn, error; for example debug",
  ],
  [
    "a version of two numbers",
    { settings: { coqVersion: "8.16" } },
    "settings.coqVersion",
    '"8.16"',
    "must be a version of three numbers; for example 8.16.0",
  ],
  ...[
    "http://me:pass@c.test:4318",
    "http://c.test:4318/ a",
    "http://c.test:4318?x=1",
    "ftp://c.test:4318",
  ].map(
    (url): Refusal => [
      `the receiver of traces ${url}`,
      { settings: { otlpEndpoint: url } },
      "settings.otlpEndpoint",
      `"${url}"`,
      otlpEndpoint,
    ],
  ),
  [
    "a database that needs quotes",
    { settings: { databaseName: "iot-verification" } },
    "settings.databaseName",
    '"iot-verification"',
    databaseName,
  ],
  ...["postgres", "template0", "template1"].map(
    (name): Refusal => [
      `the server's own database ${name}`,
      { settings: { databaseName: name } },
      "settings.databaseName",
      `"${name}"`,
      databaseName,
    ],
  ),
  ...["postgres", "public", "none", "pg_monitor", "pg_"].map(
    (name): Refusal => [
      `the reserved role ${name}`,
      { settings: { databaseUser: name } },
      "settings.databaseUser",
      `"${name}"`,
      databaseUser,
    ],
  ),
  [
    "an owner too long for its logins",
    { settings: { databaseUser: "u".repeat(51) } },
    "settings.databaseUser",
    `"${"u".repeat(51)}"`,
    databaseUser,
  ],
];

describeRefusals("a quantity out of bounds", bounds);
describeRefusals("an illegal text", texts);

test.each([
  { databaseName: "postgres_2", databaseUser: "postgres_2" },
  { databaseName: "template", databaseUser: "nonesuch" },
  { databaseName: "all", databaseUser: "publicity" },
  { databaseName: "public", databaseUser: "pg" },
  { databaseName: "d".repeat(63), databaseUser: "u".repeat(50) },
])("names that are near reserved ones are taken: $databaseName, $databaseUser", (settings) => {
  expect(accepted({ settings }).settings).toMatchObject(settings);
});
