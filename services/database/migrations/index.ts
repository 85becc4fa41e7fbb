/**
 * The steps from an empty schema to the present one, in order. A step is SQL that runs in one transaction, and never
 * changes once it is released: its checksum is recorded. It is a module so that a bundle of the program holds it.
 *
 * Pods of the version before go on working while a step runs and until they are replaced, so a step must suit them
 * too. Expand first: add tables, nullable columns or columns with a default, indexes. Contract (drop, rename, narrow) only in a
 * later release, when no version that needs the old form is left. The same holds for a new version of pg-boss, whose own
 * schema changes with it: pods that run go on, but one of the version before that starts anew waits to be replaced.
 */
import { sql as verifications } from "./0001-verifications.ts";

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [{ name: "0001-verifications", sql: verifications }];
