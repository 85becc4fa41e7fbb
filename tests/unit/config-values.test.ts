import { describeRefusals, type Refusal } from "./config-cases.ts";

const label = "a DNS label: lower-case letters, digits and '-', at most 63 characters, a letter first";
const dnsName = "must be a DNS name: lower-case letters, digits, '-' and '.', at most 253 characters";
const namespace =
  `must be ${label}; not default, nor one that begins with kube-, because \`pulumi destroy\` deletes it; ` +
  "for example iot-verification";
const image =
  "must be an image with registry host and path, pinned by digest or by a tag that holds a version (never latest)";
const registry =
  "must be a registry host, with a path if need be, without a slash at its end; for example ghcr.io/iot-verification";
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
    "must be a whole number from 1 to 1000000 (a count that only grows: raise it to have a new credential); for example 2",
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
    `must be ${label}; for example iot-verification`,
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
    `${dnsName}; for example longhorn`,
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
  [
    "a database that needs quotes",
    { settings: { databaseName: "iot-verification" } },
    "settings.databaseName",
    '"iot-verification"',
    "must be an SQL identifier: lower-case letters, digits and '_', at most 63 characters; for example iot_verification",
  ],
  [
    "the superuser",
    { settings: { databaseUser: "postgres" } },
    "settings.databaseUser",
    '"postgres"',
    "must be an SQL identifier of at most 50 characters, neither postgres nor one that begins with pg_; for example iot_user",
  ],
  [
    "an owner too long for its logins",
    { settings: { databaseUser: "u".repeat(51) } },
    "settings.databaseUser",
    `"${"u".repeat(51)}"`,
    "must be an SQL identifier of at most 50 characters, neither postgres nor one that begins with pg_; for example iot_user",
  ],
  [
    "a latest image",
    { images: { overrides: { "api-gateway": "ghcr.io/iot/api-gateway:latest" } } },
    "images.overrides.api-gateway",
    '"ghcr.io/iot/api-gateway:latest"',
    `${image}; for example ghcr.io/iot-verification/api-gateway:0.1.1`,
  ],
  [
    "an image without a tag",
    { images: { redis: "docker.io/library/redis" } },
    "images.redis",
    '"docker.io/library/redis"',
    `${image}; for example docker.io/library/redis:8.2.8-bookworm`,
  ],
  [
    "an image without a host",
    { images: { redis: "redis:8.2.8" } },
    "images.redis",
    '"redis:8.2.8"',
    `${image}; for example docker.io/library/redis:8.2.8-bookworm`,
  ],
  [
    "a moving tag",
    { images: { postgresql: "docker.io/library/postgres:17" } },
    "images.postgresql",
    '"docker.io/library/postgres:17"',
    `${image}; for example docker.io/library/postgres:17.10-bookworm`,
  ],
  [
    "a cut digest",
    { images: { postgresql: "docker.io/library/postgres@sha256:abc" } },
    "images.postgresql",
    '"docker.io/library/postgres@sha256:abc"',
    `${image}; for example docker.io/library/postgres:17.10-bookworm`,
  ],
  [
    "the tag latest",
    { images: { tag: "latest" } },
    "images.tag",
    '"latest"',
    "must be a tag that holds a version (never latest); for example 0.1.0",
  ],
  [
    "a registry with a scheme",
    { images: { registry: "https://ghcr.io" } },
    "images.registry",
    '"https://ghcr.io"',
    registry,
  ],
  [
    "a registry with a slash at its end",
    { images: { registry: "ghcr.io/" } },
    "images.registry",
    '"ghcr.io/"',
    registry,
  ],
];

const misfits: readonly Refusal[] = [
  [
    "more CPU reserved than allowed",
    { gateway: { resources: { requests: { cpu: "2" } } } },
    "gateway.resources.requests.cpu",
    '"2"',
    "must be at most limits.cpu, which is 500m; for example 500m",
  ],
  [
    "more memory reserved than allowed",
    { redis: { resources: { requests: { memory: "1Gi" } } } },
    "redis.resources.requests.memory",
    '"1Gi"',
    "must be at most limits.memory, which is 512Mi; for example 512Mi",
  ],
  [
    "a limit below the default request",
    { verification: { resources: { limits: { memory: "100Mi" } } } },
    "verification.resources.requests.memory",
    '"512Mi"',
    "is the default, and must be at most limits.memory, which is 100Mi; for example 100Mi",
  ],
  [
    "shared buffers that leave no room",
    { postgresql: { parameters: { shared_buffers: "2GB" } } },
    "postgresql.parameters.shared_buffers",
    '"2GB"',
    "must be at most half of resources.limits.memory, which is 2Gi; for example 1024MB",
  ],
  [
    "a log that fills its volume",
    { postgresql: { parameters: { max_wal_size: "11GB" } } },
    "postgresql.parameters.max_wal_size",
    '"11GB"',
    "must be at most half of storage.size, which is 20Gi (a full volume stops the database); for example 10240MB",
  ],
  [
    "a volume too small for the default log",
    { postgresql: { storage: { size: "4Gi" } } },
    "postgresql.parameters.max_wal_size",
    '"4GB"',
    "is the default, and must be at most half of storage.size, which is 4Gi (a full volume stops the database); for example 2048MB",
  ],
  [
    "a least log above the most",
    { postgresql: { parameters: { min_wal_size: "5GB" } } },
    "postgresql.parameters.min_wal_size",
    '"5GB"',
    "must be at most max_wal_size, which is 4GB; for example 4GB",
  ],
  [
    "a cache that leaves no room",
    { redis: { maxmemory: "385mb" } },
    "redis.maxmemory",
    '"385mb"',
    "must be at most three quarters of resources.limits.memory, which is 512Mi (a snapshot copies pages); for example 384mb",
  ],
];

describeRefusals("a quantity out of bounds", bounds);
describeRefusals("an illegal text", texts);
describeRefusals("a value that does not fit another", misfits);
