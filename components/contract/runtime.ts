/**
 * The runtime contract: what a workload of this platform gets from the stack that deploys it, and what it gives
 * back. Components fill it in, services read it; both import this file, so that they cannot drift apart. It
 * imports nothing.
 */

/**
 * Settings, one environment variable each. The names are those of the platform's ConfigMap; values are strings
 * in the stated form.
 */
export const settingKeys = {
  DATABASE_HOST: "DNS name of the PostgreSQL service",
  DATABASE_PORT: "TCP port of the PostgreSQL service",
  DATABASE_NAME: "name of the platform's database",
  REDIS_HOST: "DNS name of the Redis service",
  REDIS_PORT: "TCP port of the Redis service",
  COQ_VERSION: "version of Coq that an engine image must carry",
  TLA_VERSION: "version of the TLA+ tools that an engine image must carry",
  RUST_VERSION: "version of Rust that an engine image must carry",
  Z3_VERSION: "version of Z3 that an engine image must carry",
  LOG_LEVEL: "least severe level that is written: debug, info, warn or error",
  LOG_FORMAT: "form of a log line: json or text",
  MAX_CONCURRENT_VERIFICATIONS: "verifications that one pod runs at once",
  VERIFICATION_TIMEOUT: "seconds after which a verification ends as unknown",
  RESOURCE_LIMITS_CPU: "CPU that all engine processes of one pod may use together, as a Kubernetes quantity",
  RESOURCE_LIMITS_MEMORY:
    "memory that all engine processes of one pod may use together, as a Kubernetes quantity",
  MAX_QUEUED_VERIFICATIONS: "verifications of one standard that may wait; further submissions are refused",
  RATE_LIMIT_PER_MINUTE: "requests that one caller may make in a minute",
  MAX_REQUEST_BYTES: "bytes that the body of a request may have",
  OTEL_EXPORTER_OTLP_ENDPOINT: "base URL of an OTLP/HTTP receiver of traces; empty: traces are not exported",
} as const;

/** The name of a setting. */
export type SettingKey = keyof typeof settingKeys;

/** The settings that every workload of ours reads. */
export const commonSettings = [
  "DATABASE_HOST",
  "DATABASE_PORT",
  "DATABASE_NAME",
  "REDIS_HOST",
  "REDIS_PORT",
  "LOG_LEVEL",
  "LOG_FORMAT",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
] as const satisfies readonly SettingKey[];

/** The settings that the migrations of the database read. */
export const migrationSettings = [
  "DATABASE_HOST",
  "DATABASE_PORT",
  "DATABASE_NAME",
  "LOG_LEVEL",
  "LOG_FORMAT",
  "OTEL_EXPORTER_OTLP_ENDPOINT",
] as const satisfies readonly SettingKey[];

/** The settings that the gateway reads besides. */
export const gatewaySettings = [
  "MAX_QUEUED_VERIFICATIONS",
  "RATE_LIMIT_PER_MINUTE",
  "MAX_REQUEST_BYTES",
] as const satisfies readonly SettingKey[];

/** The settings that a verifier reads besides. */
export const verifierSettings = [
  "COQ_VERSION",
  "TLA_VERSION",
  "RUST_VERSION",
  "Z3_VERSION",
  "MAX_CONCURRENT_VERIFICATIONS",
  "VERIFICATION_TIMEOUT",
  "RESOURCE_LIMITS_CPU",
  "RESOURCE_LIMITS_MEMORY",
] as const satisfies readonly SettingKey[];

/** Directory below which each credential has a directory of its own, one file per entry. */
export const credentialsDirectory = "/run/secrets";

/**
 * Credentials by name: for each entry of the Secret, the environment variable that holds the path of its file.
 * A file holds the bare value, without a newline. It changes in place when the credential is rotated.
 */
export const credentialFiles = {
  /** Login of PostgreSQL; entries as in the Service Binding specification. */
  database: { username: "DATABASE_USER_FILE", password: "DATABASE_PASSWORD_FILE" },
  /** Password of Redis' default user. */
  redis: { password: "REDIS_PASSWORD_FILE" },
  /**
   * What the gateway checks its callers against: HMAC key of its JSON Web Tokens, which it signs with too, and the API
   * key. The values before them are accepted as well; there are none before the first rotation.
   */
  gateway: {
    "jwt-secret": "JWT_SECRET_FILE",
    "previous-jwt-secret": "JWT_SECRET_PREVIOUS_FILE",
    "api-key": "API_KEY_FILE",
    "previous-api-key": "API_KEY_PREVIOUS_FILE",
  },
  /**
   * Id of the key that the gateway signs with (see `keyIdOf`): one that every pod of the gateway accepts. Absent until
   * the first deployment is complete, and it may change at any time.
   */
  signing: { "signing-key-id": "JWT_SIGNING_KEY_ID_FILE" },
  /** Bearer token that a scraper of the metrics path must present, and the one before it, if any. */
  metrics: { token: "PROMETHEUS_TOKEN_FILE", "previous-token": "PROMETHEUS_TOKEN_PREVIOUS_FILE" },
  /** Key pair of the object storage; where its certificate is of a private authority, that one's, which Node.js itself reads. */
  "object-storage": {
    "access-key-id": "OBJECT_STORAGE_ACCESS_KEY_ID_FILE",
    "secret-access-key": "OBJECT_STORAGE_SECRET_ACCESS_KEY_FILE",
    "ca.crt": "NODE_EXTRA_CA_CERTS",
  },
} as const;

/** The name of a credential. */
export type CredentialName = keyof typeof credentialFiles;

/** Identity of the workload, from the stack: the name that logs, metrics and traces carry. */
export const serviceNameVariable = "SERVICE_NAME";
/** Which standard a verifier verifies: an id of the table of standards. */
export const standardVariable = "STANDARD";

/** Read by Node.js itself: https://nodejs.org/api/cli.html#node_optionsoptions */
export const nodeOptionsVariable = "NODE_OPTIONS";

/**
 * Connections to PostgreSQL that one pod opens at most; a verifier's last one listens for jobs. The configuration is refused
 * where the most pods together need more than the server has.
 */
export const databaseConnections = { gateway: 4, verifier: 3, migrations: 2 } as const;

/** Ports that a workload of ours listens on. Metrics have their own, so that no public route can reach them. */
export const ports = { http: 8080, metrics: 9464 } as const;

/** Paths that a workload of ours answers. */
export const paths = {
  /** 200 while the process works at all; otherwise it is restarted. */
  health: "/health",
  /** 200 while the database answers too; otherwise it gets no traffic. Redis does not count: it is a cache. */
  ready: "/ready",
  /** Prometheus text format, on the metrics port. */
  metrics: "/metrics",
} as const;

/** The one writable directory: scratch space of one pod, gone with it. The root file system is read-only. */
export const scratchDirectory = "/tmp";

/** Seconds that a workload goes on to answer after it was told to end: so long until no new request reaches it. */
export const drainSeconds = 5;

/** User and group that the platform's own images run as. */
export const user = { uid: 65532, gid: 65532 } as const;

/** Names under which workloads and data services are reached inside the namespace. */
export const serviceNames = {
  gateway: "api-gateway",
  migrations: "database-migrations",
  database: "postgresql",
  redis: "redis",
  verifier: (standard: string) => `${standard}-verification`,
} as const;

/** Ports of the data services, and the port of the gateway's Service. */
export const servicePorts = { gateway: 80, verifier: ports.http, database: 5432, redis: 6379 } as const;
