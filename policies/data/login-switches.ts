/** A setting with which a server lets everybody in. */
export interface OpenSetting {
  /** Name of the variable, or of the option with its dashes; in lower case, it stands for every way to write it. */
  readonly name: string;
  readonly value: RegExp;
  readonly what: string;
  /** What else in the same command line asks for a login all the same, or may: a file that says more. */
  readonly unless?: RegExp;
}

const on = /^(?:1|true|yes|on|y)$/i;
/** Of settings that any value switches on. */
export const anything = /^(?!\s*$)/;
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
  { name: "MYSQL_ALLOW_EMPTY_PASSWORD", value: anything, what: "MySQL lets root in without a password" },
  {
    name: "MARIADB_ALLOW_EMPTY_PASSWORD",
    value: anything,
    what: "MariaDB lets root in without a password",
  },
  {
    name: "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD",
    value: anything,
    what: "MariaDB lets root in without a password",
  },
  { name: "ALLOW_EMPTY_PASSWORD", value: on, what: "the server lets everybody in without a password" },
  { name: "ALLOW_ANONYMOUS_LOGIN", value: on, what: "ZooKeeper lets everybody in" },
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
  { name: "ARANGO_NO_AUTH", value: anything, what: "ArangoDB lets everybody in" },
];

/** Options of command lines; an option without a value is on. */
export const openOptions: readonly OpenSetting[] = [
  { name: "--anonymous-auth", value: on, what: "the API server or kubelet answers everybody" },
  { name: "--authorization-mode", value: /AlwaysAllow/, what: "everybody may do everything" },
  { name: "--api.insecure", value: on, what: "Traefik's API is open to everybody" },
  { name: "--enable-skip-login", value: on, what: "the dashboard lets everybody in" },
  { name: "--skip-grant-tables", value: on, what: "MySQL lets everybody in" },
  { name: "--noauth", value: on, what: "MongoDB lets everybody in" },
  {
    name: "--protected-mode",
    value: off,
    what: "Redis lets everybody in",
    unless: /(?:requirepass|aclfile|include)\b|\.(?:conf|acl)\b/,
  },
  { name: "--NotebookApp.token", value: /^$/, what: "Jupyter lets everybody run code" },
  { name: "--ServerApp.token", value: /^$/, what: "Jupyter lets everybody run code" },
  { name: "--IdentityProvider.token", value: /^$/, what: "Jupyter lets everybody run code" },
  { name: "--disable-authentication", value: on, what: "the server lets everybody in" },
];

/** Lines of configuration files; white space of a pattern stays in its line, or long empty files take minutes. */
export const openLines: readonly { readonly line: RegExp; readonly what: string }[] = [
  {
    line: /^[ \t]*["']?xpack\.security\.enabled["']?[ \t]*[:=][ \t]*["']?false/m,
    what: "Elasticsearch lets everybody in",
  },
  {
    line: /^[ \t]*["']?plugins\.security\.disabled["']?[ \t]*[:=][ \t]*["']?true/m,
    what: "OpenSearch lets everybody in",
  },
  {
    line: /^[ \t]*host\w*[ \t]+\S+[ \t]+\S+[ \t]+(?!127\.|::1|localhost|samehost)\S+(?:[ \t]+255\.\S+)?[ \t]+trust\b/m,
    what: "PostgreSQL lets everybody in without a password",
  },
  {
    line: /^[ \t]*skip[-_]grant[-_]tables[ \t]*(?:=[ \t]*(?:1|on|true)[ \t]*)?$/im,
    what: "MySQL lets everybody in",
  },
  {
    line: /^[ \t]*\[auth\.anonymous\][^[]*?^[ \t]*enabled[ \t]*=[ \t]*true/m,
    what: "Grafana shows its dashboards to everybody",
  },
  {
    line: /^[ \t]*api:[ \t]*\r?\n(?:[ \t]+\w+:.*\n)*?[ \t]+insecure:[ \t]*true/m,
    what: "Traefik's API is open to everybody",
  },
  { line: /^[ \t]*authorization:[ \t]*["']?disabled/m, what: "MongoDB lets everybody in" },
  { line: /^[ \t]*allow_anonymous[ \t]+true/m, what: "Mosquitto lets everybody in" },
  {
    line: /^[ \t]*loopback_users(?:\.guest)?[ \t]*=[ \t]*(?:none|false)/m,
    what: "RabbitMQ lets guest in from everywhere",
  },
];
