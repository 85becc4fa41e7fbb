/** A setting with which a server lets everybody in. */
export interface OpenSetting {
  /** Name of the variable, or of the option with its dashes; in lower case, it stands for every way to write it. */
  readonly name: string;
  readonly value: RegExp;
  readonly what: string;
}

const on = /^(?:1|true|yes|on|y)$/i;
const off = /^(?:0|false|no|off|n)$/i;

/** Variables; sources are the documentations of the images. */
export const openVariables: readonly OpenSetting[] = [
  {
    name: "POSTGRES_HOST_AUTH_METHOD",
    value: /^trust$/i,
    what: "PostgreSQL lets everybody in without a password",
  },
  {
    name: "POSTGRESQL_ALLOW_EMPTY_PASSWORD",
    value: on,
    what: "PostgreSQL lets everybody in without a password",
  },
  { name: "MYSQL_ALLOW_EMPTY_PASSWORD", value: /^(?!\s*$)/, what: "MySQL lets root in without a password" },
  {
    name: "MARIADB_ALLOW_EMPTY_PASSWORD",
    value: /^(?!\s*$)/,
    what: "MariaDB lets root in without a password",
  },
  {
    name: "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
    value: /^(?!\s*$)/,
    what: "MariaDB lets root in without a password",
  },
  { name: "ALLOW_EMPTY_PASSWORD", value: on, what: "the server lets everybody in without a password" },
  { name: "ALLOW_ANONYMOUS_LOGIN", value: on, what: "ZooKeeper lets everybody in" },
  { name: "ALLOW_PLAINTEXT_LISTENER", value: on, what: "Kafka lets everybody in" },
  { name: "xpack.security.enabled", value: off, what: "Elasticsearch lets everybody in" },
  { name: "XPACK_SECURITY_ENABLED", value: off, what: "Elasticsearch lets everybody in" },
  { name: "plugins.security.disabled", value: on, what: "OpenSearch lets everybody in" },
  { name: "DISABLE_SECURITY_PLUGIN", value: on, what: "OpenSearch lets everybody in" },
  { name: "GF_AUTH_ANONYMOUS_ENABLED", value: on, what: "Grafana shows its dashboards to everybody" },
  { name: "GF_AUTH_DISABLE_LOGIN", value: on, what: "Grafana lets everybody in" },
  { name: "NEO4J_AUTH", value: /^none$/i, what: "Neo4j lets everybody in" },
  { name: "INFLUXDB_HTTP_AUTH_ENABLED", value: off, what: "InfluxDB lets everybody in" },
  { name: "AUTHENTICATION_ANONYMOUS_ACCESS_ENABLED", value: on, what: "Weaviate lets everybody in" },
  { name: "ME_CONFIG_BASICAUTH", value: off, what: "mongo-express lets everybody in" },
  { name: "CLICKHOUSE_SKIP_USER_SETUP", value: on, what: "ClickHouse lets everybody in" },
  { name: "ARANGO_NO_AUTH", value: /^(?!\s*$)/, what: "ArangoDB lets everybody in" },
];

/** Options of command lines; an option without a value is on. */
export const openOptions: readonly OpenSetting[] = [
  { name: "--anonymous-auth", value: on, what: "the API server or kubelet answers everybody" },
  { name: "--authorization-mode", value: /AlwaysAllow/, what: "everybody may do everything" },
  { name: "--api.insecure", value: on, what: "Traefik's API is open to everybody" },
  { name: "--enable-skip-login", value: on, what: "the dashboard lets everybody in" },
  { name: "--skip-grant-tables", value: on, what: "MySQL lets everybody in" },
  { name: "--noauth", value: on, what: "MongoDB lets everybody in" },
  { name: "--protected-mode", value: off, what: "Redis lets everybody in" },
  { name: "--NotebookApp.token", value: /^$/, what: "Jupyter lets everybody run code" },
  { name: "--ServerApp.token", value: /^$/, what: "Jupyter lets everybody run code" },
  { name: "--IdentityProvider.token", value: /^$/, what: "Jupyter lets everybody run code" },
  { name: "--disable-authentication", value: on, what: "the server lets everybody in" },
];

/** Lines of configuration files. */
export const openLines: readonly { readonly line: RegExp; readonly what: string }[] = [
  {
    line: /^\s*["']?xpack\.security\.enabled["']?\s*[:=]\s*["']?false/m,
    what: "Elasticsearch lets everybody in",
  },
  {
    line: /^\s*["']?plugins\.security\.disabled["']?\s*[:=]\s*["']?true/m,
    what: "OpenSearch lets everybody in",
  },
  {
    line: /^\s*host\w*\s+\S+\s+\S+\s+(?!127\.|::1|localhost|samehost)\S+(?:\s+255\.\S+)?\s+trust\b/m,
    what: "PostgreSQL lets everybody in without a password",
  },
  { line: /^\s*skip[-_]grant[-_]tables\s*(?:=\s*(?:1|on|true)\s*)?$/im, what: "MySQL lets everybody in" },
  {
    line: /^\s*\[auth\.anonymous\][^[]*?^\s*enabled\s*=\s*true/m,
    what: "Grafana shows its dashboards to everybody",
  },
  { line: /^\s*api:\s*\n(?:\s+\w+:.*\n)*?\s+insecure:\s*true/m, what: "Traefik's API is open to everybody" },
  { line: /^\s*authorization:\s*["']?disabled/m, what: "MongoDB lets everybody in" },
  { line: /^\s*allow_anonymous\s+true/m, what: "Mosquitto lets everybody in" },
  {
    line: /^\s*loopback_users(?:\.guest)?\s*=\s*(?:none|false)/m,
    what: "RabbitMQ lets guest in from everywhere",
  },
];
