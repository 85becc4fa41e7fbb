import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  configurationDirectory,
  configurationFiles,
  type PostgresqlParameters,
} from "../../components/data/postgresql/configuration.ts";
import { serverPaths } from "../../components/data/server-pod.ts";
import { defaults } from "./platform.ts";

const { parameters } = defaults.postgresql;

function file(name: string, changes: { database?: string; parameters?: PostgresqlParameters } = {}): string {
  const files = configurationFiles({ database: "records", parameters, ...changes });
  expect(Object.keys(files).sort()).toEqual(["pg_hba.conf", "postgresql.conf", "prepare.sh", "roles.sql"]);
  return files[name] ?? "";
}

/** The lines of a file that are no comments, each as its words. */
function words(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => line.split(/\s+/));
}

test("they tune the server as the defaults say", () => {
  expect(file("postgresql.conf").trimEnd().split("\n").sort()).toEqual(
    [
      "listen_addresses = '*'",
      "hba_file = '/etc/postgresql/pg_hba.conf'",
      "unix_socket_directories = '/var/run/postgresql'",
      "password_encryption = 'scram-sha-256'",
      "timezone = 'UTC'",
      "log_timezone = 'UTC'",
      "max_connections = 200",
      "shared_buffers = '256MB'",
      "effective_cache_size = '1GB'",
      "maintenance_work_mem = '64MB'",
      "checkpoint_completion_target = 0.9",
      "wal_buffers = '16MB'",
      "default_statistics_target = 100",
      "random_page_cost = 1.1",
      "effective_io_concurrency = 200",
      "work_mem = '4MB'",
      "min_wal_size = '1GB'",
      "max_wal_size = '4GB'",
    ].sort(),
  );
});

test("they follow the parameters, each one", () => {
  for (const [key, value] of Object.entries(parameters)) {
    const other = typeof value === "number" ? value + 1 : "123MB";
    const text = file("postgresql.conf", { parameters: { ...parameters, [key]: other } });
    expect(text.split("\n")).toContain(`${key} = ${typeof other === "number" ? other : `'${other}'`}`);
  }
});

test("they let the superuser in only inside the pod, and everybody else only to the one database", () => {
  const expected = (database: string) => [
    ["local", "all", "postgres", "trust"],
    ["host", "all", "postgres", "all", "reject"],
    ["host", `"${database}"`, "all", "all", "scram-sha-256"],
  ];
  expect(words(file("pg_hba.conf"))).toEqual(expected("records"));
  // Bare, these would mean more than a database of that name.
  for (const database of ["all", "sameuser", "replication"])
    expect(words(file("pg_hba.conf", { database }))).toEqual(expected(database));
});

test("scripts are the files beside the component, whatever the configuration", () => {
  for (const name of ["prepare.sh", "roles.sql"]) {
    const source = new URL(`../../components/data/postgresql/${name}`, import.meta.url);
    expect(file(name, { database: "other", parameters: {} })).toBe(readFileSync(source, "utf8"));
  }
});

test("the preparation reads and writes where the pod has mounted it", () => {
  const script = file("prepare.sh");
  expect(script).toMatch(/^#!\/bin\/bash\n/);
  expect(script).toContain("\nset -euo pipefail\n");
  const paths = [
    `${serverPaths.accepted}/revision`,
    `${serverPaths.accepted}/username`,
    `${serverPaths.accepted}/password`,
    `${serverPaths.accepted}/monitoring-password`,
    `${serverPaths.published}/username`,
    `${serverPaths.run}/`,
    `${serverPaths.run}/username`,
    `${configurationDirectory}/postgresql.conf`,
    `${configurationDirectory}/roles.sql`,
    "/dev/null",
  ];
  expect(
    used(script, ["/run", "/etc", "/tmp", "/var", "/dev"]).filter((path) => !paths.includes(path)),
  ).toEqual([]);
  expect(used(file("roles.sql"), ["/run"])).toEqual([
    `${serverPaths.run}/password`,
    `${serverPaths.run}/monitoring-password`,
  ]);
});

test("the preparation waits for what its pod was made for, makes the volume whole or not at all, and says no password", () => {
  const script = file("prepare.sh");
  const steps = [
    `[ "$(cat ${serverPaths.accepted}/revision)" = "$ACCEPTED_REVISION" ]`,
    `cp -f ${serverPaths.accepted}/username ${serverPaths.accepted}/password ${serverPaths.accepted}/monitoring-password`,
    'initdb --pgdata="$PGDATA.partial"',
    'mv "$PGDATA.partial" "$PGDATA"',
    "listen_addresses=''",
    'pg_ctl stop --pgdata="$PGDATA" --mode=fast --wait',
    'createdb -- "$DATABASE_NAME"',
    "log_statement=none",
    "--set=ON_ERROR_STOP=1",
  ];
  const places = steps.map((step) => script.indexOf(step));
  expect(places.filter((place) => place < 0)).toEqual([]);
  expect(places).toEqual([...places].sort((a, b) => a - b));
  expect(script).not.toMatch(/(cat|<) *\S*password/);
});

test("the preparation gives its SQL every variable that it reads", () => {
  const given = [...file("prepare.sh").matchAll(/--set=([a-z]+)=/g)].map(([, name]) => name);
  const statements = file("roles.sql").replaceAll(/--.*|'[^']*'(?!:)/g, (text) =>
    text.startsWith("--") ? "" : text,
  );
  const own = [...statements.matchAll(/\\set ([a-z]+)|AS ([a-z]+) .*\\gset/g)].map(([, a, b]) => a ?? b);
  const read = [...statements.matchAll(/(?<!:):['"]?([a-z]+)/g)].map(([, name]) => name);
  expect([...new Set(read)].sort()).toEqual([...new Set([...given, ...own])].sort());
});

/** Absolute paths below these directories that a script names. */
function used(script: string, directories: readonly string[]): string[] {
  const code = script.replaceAll(/^#.*$/gm, "");
  return [...code.matchAll(/(?<![\w.])\/[\w./-]+/g)]
    .map(([path]) => path)
    .filter((path) => directories.some((directory) => path.startsWith(`${directory}/`)));
}
