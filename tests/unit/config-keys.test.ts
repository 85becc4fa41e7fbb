import { schema } from "../../config/schema.ts";
import { describeRefusals, type Refusal } from "./config-cases.ts";

const topLevelKeys = Object.keys(schema.shape).join(", ");
const settingsKeys =
  "databaseName, databaseUser, coqVersion, tlaVersion, rustVersion, z3Version, logLevel, logFormat, maxConcurrentVerifications, " +
  "verificationTimeout, resourceLimitsCpu, resourceLimitsMemory, " +
  "maxQueuedVerifications, rateLimitPerMinute, maxRequestSize, otlpEndpoint";
const parameterKeys =
  "max_connections, shared_buffers, effective_cache_size, maintenance_work_mem, work_mem, wal_buffers, min_wal_size, " +
  "max_wal_size, checkpoint_completion_target, default_statistics_target, random_page_cost, effective_io_concurrency";
const dnsName = "must be a DNS name: lower-case letters, digits, '-' and '.', at most 253 characters";
const gatewayMap = "must be a map with keys from replicas, resources, scratch";
const pods = "must be a whole number from 1 to 50 (pods); for example 3";
const cpu = "must be a CPU quantity from 1m to 64 (cores, or thousandths with m)";
const memory = "must be a memory quantity from 16Mi to 512Gi, in Mi or Gi";

const unknownKeys: readonly Refusal[] = [
  ["a misspelt section", { gatway: {} }, "gatway", undefined, "is not a known key; did you mean gateway?"],
  [
    "a section of no likeness",
    { zookeeper: {} },
    "zookeeper",
    undefined,
    `is not a known key; known keys here are ${topLevelKeys}`,
  ],
  [
    "a misspelt secret",
    { databasePasword: "x" },
    "databasePasword",
    undefined,
    "is not a known key; did you mean databasePassword?",
  ],
  [
    "a path without --path",
    { "gateway.replicas": 3 },
    "gateway.replicas",
    undefined,
    `is not a known key; known keys here are ${topLevelKeys}`,
  ],
  [
    "a misspelt key of a section",
    { gateway: { replica: 2 } },
    "gateway.replica",
    undefined,
    "is not a known key; did you mean replicas?",
  ],
  [
    "a misspelt key in the depth",
    { gateway: { resources: { request: {} } } },
    "gateway.resources.request",
    undefined,
    "is not a known key; did you mean requests?",
  ],
  [
    "another case",
    { gateway: { resources: { limits: { CPU: 1 } } } },
    "gateway.resources.limits.CPU",
    undefined,
    "is not a known key; did you mean cpu?",
  ],
  [
    "a foreign key of a section",
    { gateway: { ingress: {} } },
    "gateway.ingress",
    undefined,
    "is not a known key; known keys here are replicas, resources, scratch",
  ],
  [
    "a key beyond ASCII",
    { gateway: { réplicas: 2 } },
    "gateway.réplicas",
    undefined,
    "is not a known key; did you mean replicas?",
  ],
  [
    "an empty key",
    { gateway: { "": 2 } },
    "gateway.",
    undefined,
    "is not a known key; known keys here are replicas, resources, scratch",
  ],
  [
    "a parameter that is not tuned here",
    { postgresql: { parameters: { fsync: "off" } } },
    "postgresql.parameters.fsync",
    undefined,
    `is not a known key; known keys here are ${parameterKeys}`,
  ],
  [
    "a misspelt standard",
    { verification: { overrides: { opcau: { replicas: 2 } } } },
    "verification.overrides.opcau",
    undefined,
    "is not a known key; did you mean opcua?",
  ],
  [
    "an unknown standard",
    { verification: { overrides: { modbus: { replicas: 2 } } } },
    "verification.overrides.modbus",
    undefined,
    "is not a known key; known keys here are tsn, opcua, onem2m, wot, matter",
  ],
  [
    "an image of an unknown workload",
    { images: { overrides: { "mqtt-verification": "x" } } },
    "images.overrides.mqtt-verification",
    undefined,
    "is not a known key; did you mean wot-verification?",
  ],
  [
    "a key of another section",
    { logLevel: "debug" },
    "logLevel",
    undefined,
    "is not a known key; did you mean settings.logLevel?",
  ],
  [
    "a key of another section in another case",
    { gateway: { MAXMEMORY: "64mb" } },
    "gateway.MAXMEMORY",
    undefined,
    "is not a known key; did you mean redis.maxmemory?",
  ],
  [
    "a key of the same section in its depth, which others have too",
    { gateway: { cpu: 1 } },
    "gateway.cpu",
    undefined,
    "is not a known key; did you mean gateway.resources.requests.cpu?",
  ],
  [
    "a key of another section that is near one of its own",
    { gateway: { sratch: "64Mi" } },
    "gateway.sratch",
    undefined,
    "is not a known key; did you mean scratch?",
  ],
  [
    "a key called __proto__",
    { settings: '{"__proto__":{"logLevel":"debug"}}' },
    "settings.__proto__",
    undefined,
    `is not a known key; known keys here are ${settingsKeys}`,
  ],
  [
    "a key called constructor",
    { settings: { constructor: 1 } },
    "settings.constructor",
    undefined,
    `is not a known key; known keys here are ${settingsKeys}`,
  ],
  [
    "a section called toString",
    { toString: "1" },
    "toString",
    undefined,
    `is not a known key; known keys here are ${topLevelKeys}`,
  ],
  [
    "a standard called constructor",
    { verification: { overrides: { constructor: { replicas: 3 } } } },
    "verification.overrides.constructor",
    undefined,
    "is not a known key; known keys here are tsn, opcua, onem2m, wot, matter",
  ],
];

const kinds: readonly Refusal[] = [
  ["text for a map", { gateway: "large" }, "gateway", '"large"', gatewayMap],
  ["broken JSON", { gateway: '{"replicas": 3' }, "gateway", String.raw`"{\"replicas\": 3"`, gatewayMap],
  ["an empty value for a map", { gateway: "" }, "gateway", '""', gatewayMap],
  ["a list for a map", { gateway: [] }, "gateway", "[]", gatewayMap],
  ["a number for a map", { gateway: 3 }, "gateway", "3", gatewayMap],
  ["null for a map", { gateway: null }, "gateway", "null", gatewayMap],
  [
    "null for a map in the depth",
    { gateway: { resources: null } },
    "gateway.resources",
    "null",
    "must be a map with keys from requests, limits",
  ],
  [
    "a list for the overrides",
    { verification: { overrides: [] } },
    "verification.overrides",
    "[]",
    "must be a map with keys from tsn, opcua, onem2m, wot, matter",
  ],
  [
    "a number for an override",
    { verification: { overrides: { tsn: 3 } } },
    "verification.overrides.tsn",
    "3",
    "must be a map with keys from replicas",
  ],
  [
    "an override that says nothing",
    { verification: { overrides: { tsn: {} } } },
    "verification.overrides.tsn.replicas",
    undefined,
    "is missing; it must be a whole number from 1 to 50 (pods); for example 4",
  ],
  [
    "text for a list",
    { images: { pullSecrets: "one" } },
    "images.pullSecrets",
    '"one"',
    "must be a list of at most 8 names of Secrets; for example [registry-credentials]",
  ],
  [
    "a list that is too long",
    { images: { pullSecrets: Array(9).fill("a") } },
    "images.pullSecrets",
    '["a","a","a","a","a","a","a","a","a"]',
    "must be a list of at most 8 names of Secrets; for example [registry-credentials]",
  ],
  [
    "a bad item of a list",
    { images: { pullSecrets: ["good", "Bad"] } },
    "images.pullSecrets[1]",
    '"Bad"',
    `${dnsName}; for example registry-credentials`,
  ],
  ["text for a number", { gateway: { replicas: "3" } }, "gateway.replicas", '"3"', pods],
  ["a fraction for a whole number", { gateway: { replicas: 1.5 } }, "gateway.replicas", "1.5", pods],
  ["null for a number", { gateway: { replicas: null } }, "gateway.replicas", "null", pods],
  ["true for a number", { gateway: { replicas: true } }, "gateway.replicas", "true", pods],
  ["a number beyond all", { gateway: '{"replicas":1e999}' }, "gateway.replicas", "Infinity", pods],
  ["NaN", { gateway: { replicas: "NaN" } }, "gateway.replicas", '"NaN"', pods],
  [
    "a number for a tag",
    { images: { tag: 1.2 } },
    "images.tag",
    "1.2",
    'must be a tag that begins with a version (never latest), quoted if it looks like a number; for example "0.1.0"',
  ],
  [
    "a number for a memory quantity",
    { gateway: { resources: { limits: { memory: 1024 } } } },
    "gateway.resources.limits.memory",
    "1024",
    `${memory}; for example 512Mi`,
  ],
  [
    "a map for a CPU quantity",
    { gateway: { resources: { limits: { cpu: {} } } } },
    "gateway.resources.limits.cpu",
    "{}",
    `${cpu}; for example 500m`,
  ],
];

describeRefusals("an unknown key", unknownKeys);
describeRefusals("a value of the wrong kind", kinds);
