import { readFileSync } from "node:fs";

/** Parameters of postgresql.conf by PostgreSQL's own names. */
export type PostgresqlParameters = Readonly<Record<string, string | number>>;

/** Directory that the configuration is mounted at. */
export const configurationDirectory = "/etc/postgresql";

/** The files of the configuration by name. */
export function configurationFiles(parameters: PostgresqlParameters): Record<string, string> {
  return {
    "postgresql.conf": postgresqlConf(parameters),
    "pg_hba.conf": fileBeside("pg_hba.conf"),
    "roles.sql": fileBeside("roles.sql"),
    "apply-login.sh": fileBeside("apply-login.sh"),
  };
}

/** https://www.postgresql.org/docs/17/config-setting.html#CONFIG-SETTING-CONFIGURATION-FILE */
function postgresqlConf(parameters: PostgresqlParameters): string {
  const fixed = {
    listen_addresses: "*",
    hba_file: `${configurationDirectory}/pg_hba.conf`,
    unix_socket_directories: "/var/run/postgresql",
    password_encryption: "scram-sha-256",
  };
  const lines = Object.entries({ ...fixed, ...parameters }).map(
    ([key, value]) => `${key} = ${quoted(value)}`,
  );
  return `${lines.join("\n")}\n`;
}

function quoted(value: string | number): string {
  return typeof value === "number" ? String(value) : `'${value}'`;
}

function fileBeside(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}
