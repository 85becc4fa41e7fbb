/** Brings schema `platform` from any earlier version to the present one. */
import { createHash } from "node:crypto";
import type { Database, Queryable } from "./database.ts";
import type { Migration } from "./migrations/index.ts";

/** The database does not fit this program, and no retry will help. */
export class MigrationError extends Error {
  override readonly name = "MigrationError";
}

/** Key of the advisory lock that lets one migration run at a time: any number that nobody else uses. */
const lockKey = 7_283_640_192;

/** Time that a step waits for a lock on a table before it gives up, because everything behind it waits too. */
const lockTimeout = "10s";

/** Applies what is missing, each step in a transaction of its own. Returns the names of what it applied. */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<string[]> {
  await database.transaction(prepare);
  const applied: string[] = [];
  for (const migration of migrations) {
    if (await database.transaction((transaction) => step(transaction, migrations, migration))) {
      applied.push(migration.name);
    }
  }
  return applied;
}

/** Whether the database has these migrations, and maybe newer ones. */
export async function isMigrated(database: Queryable, migrations: readonly Migration[]): Promise<boolean> {
  const { rows } = await database.query<{ present: boolean }>(
    "SELECT to_regclass('platform.migrations') IS NOT NULL AS present",
  );
  if (!rows[0]?.present) return false;
  const recorded = await database.query<{ name: string }>("SELECT name FROM platform.migrations");
  const names = new Set(recorded.rows.map(({ name }) => name));
  return migrations.every(({ name }) => names.has(name));
}

async function prepare(transaction: Queryable): Promise<void> {
  await lock(transaction);
  await transaction.query("CREATE SCHEMA IF NOT EXISTS platform");
  await transaction.query(`
    CREATE TABLE IF NOT EXISTS platform.migrations (
      name text PRIMARY KEY,
      checksum text NOT NULL,
      applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
    )`);
}

/** Applies one migration unless it is applied already. */
async function step(
  transaction: Queryable,
  migrations: readonly Migration[],
  migration: Migration,
): Promise<boolean> {
  await lock(transaction);
  const { rows } = await transaction.query<{ name: string; checksum: string }>(
    "SELECT name, checksum FROM platform.migrations",
  );
  const recorded = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  check(recorded, migrations);
  if (recorded.has(migration.name)) return false;
  await transaction.query(`SET LOCAL lock_timeout = '${lockTimeout}'`);
  await transaction.query(migration.sql);
  await transaction.query("INSERT INTO platform.migrations (name, checksum) VALUES ($1, $2)", [
    migration.name,
    checksumOf(migration),
  ]);
  return true;
}

async function lock(transaction: Queryable): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock($1)", [lockKey]);
}

function check(recorded: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Set(migrations.map(({ name }) => name));
  const newer = [...recorded.keys()].filter((name) => !known.has(name));
  if (newer.length > 0) {
    throw new MigrationError(
      `The database is newer than this program: it has ${newer.join(", ")}, and this program's last migration is ` +
        `${migrations.at(-1)?.name}. Deploy the version that made it, or a newer one.`,
    );
  }
  for (const migration of migrations) {
    const checksum = recorded.get(migration.name);
    if (checksum === undefined || checksum === checksumOf(migration)) continue;
    throw new MigrationError(
      `Migration ${migration.name} was changed after it was applied: the database has checksum ${checksum}, this ` +
        `program ${checksumOf(migration)}. Undo the change, and add a new migration instead.`,
    );
  }
}

function checksumOf({ sql }: Migration): string {
  return createHash("sha256").update(sql).digest("hex");
}
