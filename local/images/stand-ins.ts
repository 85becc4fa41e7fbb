import type { StackConfig } from "../../config/schema.ts";
import type { ToolName } from "../toolchain/index.ts";
import type { Owner } from "./tree.ts";

/**
 * An image put together from Debian packages and tools, in the place of one from a registry. It has what the stack relies on,
 * where that one has it, and no other program: what begins to rely on another one fails here, and is to be added with its
 * reason.
 */
export interface StandIn {
  /** For people. */
  readonly title: string;
  /** Where a stack's configuration has the reference of the image that it stands in for. */
  readonly configured: Exclude<keyof StackConfig["images"], "registry" | "tag" | "overrides" | "pullSecrets">;
  /** Debian packages. @default none */
  readonly packages?: readonly string[];
  /** Packages that others ask for, and that nothing here uses. @default none */
  readonly exclude?: readonly string[];
  /** Programs of the packages, and why they are there. @default none */
  readonly programs?: Readonly<Record<string, string>>;
  /** Tools of one piece, by the absolute path that they get. @default none */
  readonly tools?: Readonly<Record<string, ToolName>>;
  /** Other absolute paths of programs, and where these are. @default none */
  readonly links?: Readonly<Record<string, string>>;
  /** @default none: pods say what to run */
  readonly entrypoint?: readonly string[];
  readonly user: Owner & { readonly name: string };
  /** Directories that belong to the user. @default none */
  readonly directories?: readonly string[];
  /** @default none */
  readonly env?: Readonly<Record<string, string>>;
}

/** What packages ask for to be installed and administered on a machine: nothing of it runs in a container. */
const administration = (
  "adduser base-files debconf debianutils dpkg init-system-helpers libjson-perl lsb-base netbase perl perl-base " +
  "sensible-utils sysvinit-utils ucf"
).split(" ");

const nobody = { name: "nobody", uid: 65534, gid: 65534 } as const;

export const standIns = {
  postgres: {
    title: "PostgreSQL from Debian packages",
    configured: "postgresql",
    packages: ["postgresql", "postgresql-client", "bash", "dash", "coreutils", "grep", "libc-bin"],
    exclude: [
      ...administration,
      ...["postgresql-common", "postgresql-client-common", "ssl-cert", "locales", "libc-l10n"],
      // Compiles queries at run time; the server does without when it is not there.
      ...["libllvm14", "libllvm15", "libllvm16t64", "libllvm17t64", "libllvm19", "postgresql-17-jit"],
    ],
    programs: {
      postgres: "the server",
      bash: "runs prepare.sh and two probes",
      sh: "initdb, pg_ctl and psql run other programs through it",
      initdb: "prepare.sh makes the data directory",
      locale: "initdb asks for the collations of the system",
      pg_ctl: "prepare.sh starts and stops the server",
      psql: "prepare.sh makes the roles; a probe logs in",
      createdb: "prepare.sh makes the database",
      pg_isready: "two probes",
      pg_dump: "dump.sh dumps the database",
      pg_restore: "dump.sh reads a dump back; restore.sh restores it",
      cat: "prepare.sh, roles.sql and a probe read credentials",
      cp: "prepare.sh keeps the credentials that the pod was made for",
      grep: "prepare.sh looks for the database",
      mv: "prepare.sh gives the data directory its name",
      rm: "prepare.sh removes what an interrupted initdb left; so does initdb",
      sleep: "prepare.sh waits for the Secret",
    },
    user: { name: "postgres", uid: 999, gid: 999 },
    directories: ["var/lib/postgresql", "var/lib/postgresql/data"],
    env: { LANG: "C.UTF-8" },
  },
  redis: {
    title: "Redis from Debian packages",
    configured: "redis",
    packages: ["redis-server", "redis-tools", "dash", "coreutils", "grep"],
    exclude: administration,
    programs: {
      "redis-server": "the server",
      "redis-cli": "the probes",
      sh: "runs start.sh and the probes",
      cat: "start.sh and the probes read credentials",
      cp: "start.sh keeps the password that the pod was made for",
      cut: "start.sh takes the digest of a password",
      grep: "start.sh sorts out known passwords; the probes judge an answer",
      head: "start.sh keeps the latest passwords",
      mv: "start.sh writes the passwords whole",
      sha256sum: "start.sh makes the digest of a password",
      sleep: "start.sh waits for the Secret",
    },
    user: { name: "redis", uid: 999, gid: 999 },
    directories: ["data"],
  },
  versitygw: {
    title: "versitygw, built from its Go module",
    configured: "versitygw",
    packages: ["dash", "coreutils"],
    exclude: administration,
    programs: {
      sh: "runs start.sh",
      cat: "start.sh reads credentials",
      mkdir: "start.sh makes the folder of the buckets",
      sleep: "start.sh waits for the Secret",
    },
    tools: { "/usr/local/bin/versitygw": "versitygw" },
    user: { name: "versitygw", uid: 1000, gid: 1000 },
  },
  prometheus: {
    title: "Prometheus without pages, built from its Go module",
    configured: "prometheus",
    tools: { "/bin/prometheus": "prometheus", "/bin/promtool": "promtool" },
    entrypoint: ["/bin/prometheus"],
    user: nobody,
    directories: ["prometheus"],
  },
  alertmanager: {
    title: "Alertmanager without pages, built from its Go module",
    configured: "alertmanager",
    tools: { "/bin/alertmanager": "alertmanager", "/bin/amtool": "amtool" },
    entrypoint: ["/bin/alertmanager"],
    user: nobody,
    directories: ["alertmanager"],
  },
  "kube-state-metrics": {
    title: "kube-state-metrics, built from its Go module",
    configured: "kubeStateMetrics",
    // It ends when it cannot tell the time zone of a CronJob; the image that it stands in for has them, too.
    packages: ["tzdata"],
    exclude: administration,
    tools: { "/kube-state-metrics": "kube-state-metrics" },
    entrypoint: ["/kube-state-metrics", "--port=8080", "--telemetry-port=8081"],
    user: nobody,
  },
  "blackbox-exporter": {
    title: "The blackbox exporter, built from its Go module",
    configured: "blackboxExporter",
    tools: { "/bin/blackbox_exporter": "blackbox_exporter" },
    entrypoint: ["/bin/blackbox_exporter"],
    user: nobody,
  },
  "statsd-exporter": {
    title: "The StatsD exporter, built from its Go module",
    configured: "statsdExporter",
    tools: { "/bin/statsd_exporter": "statsd_exporter" },
    entrypoint: ["/bin/statsd_exporter"],
    user: nobody,
  },
  "postgres-exporter": {
    title: "The exporter of PostgreSQL from Debian packages",
    configured: "postgresqlExporter",
    packages: ["prometheus-postgres-exporter"],
    exclude: [...administration, "daemon", "systemd-sysv"],
    programs: { "prometheus-postgres-exporter": "the exporter" },
    links: { "/usr/bin/postgres_exporter": "/usr/bin/prometheus-postgres-exporter" },
    // Through /bin, which leads to /usr/bin, as in the image that it stands in for.
    entrypoint: ["/bin/postgres_exporter"],
    user: nobody,
  },
  "redis-exporter": {
    title: "The exporter of Redis from Debian packages",
    configured: "redisExporter",
    packages: ["prometheus-redis-exporter"],
    exclude: administration,
    programs: { "prometheus-redis-exporter": "the exporter" },
    links: { "/redis_exporter": "/usr/bin/prometheus-redis-exporter" },
    entrypoint: ["/redis_exporter"],
    user: { name: "exporter", uid: 59000, gid: 59000 },
  },
} as const satisfies Readonly<Record<string, StandIn>>;

export type StandInName = keyof typeof standIns;
