import { textBeside } from "../../foundation/text-beside.ts";

/** Parameters of postgresql.conf by PostgreSQL's own names. */
export type PostgresqlParameters = Readonly<Record<string, string | number>>;

/** Directory that the configuration is mounted at. */
export const configurationDirectory = "/etc/postgresql";

/** The files of the configuration by name. */
export function configurationFiles(args: {
  /** Name of the only database that can be reached over the network. */
  readonly database: string;
  readonly parameters: PostgresqlParameters;
}): Record<string, string> {
  return {
    "postgresql.conf": postgresqlConf(args.parameters),
    "pg_hba.conf": pgHbaConf(args.database),
    "roles.sql": textBeside(import.meta.url, "roles.sql"),
    "prepare.sh": textBeside(import.meta.url, "prepare.sh"),
  };
}

/** https://www.postgresql.org/docs/17/config-setting.html#CONFIG-SETTING-CONFIGURATION-FILE */
function postgresqlConf(parameters: PostgresqlParameters): string {
  const fixed = {
    listen_addresses: "*",
    hba_file: `${configurationDirectory}/pg_hba.conf`,
    unix_socket_directories: "/var/run/postgresql",
    password_encryption: "scram-sha-256",
    timezone: "UTC",
    log_timezone: "UTC",
  };
  const lines = Object.entries({ ...fixed, ...parameters }).map(
    ([key, value]) => `${key} = ${quoted(value)}`,
  );
  return `${lines.join("\n")}\n`;
}

/** https://www.postgresql.org/docs/17/auth-pg-hba-conf.html */
function pgHbaConf(database: string): string {
  return [
    "# TYPE  DATABASE  USER  ADDRESS  METHOD",
    "# The superuser exists only inside the pod, and has no password.",
    "local all postgres trust",
    "host all postgres all reject",
    `host "${database}" all all scram-sha-256`,
    "",
  ].join("\n");
}

function quoted(value: string | number): string {
  return typeof value === "number" ? String(value) : `'${value}'`;
}
