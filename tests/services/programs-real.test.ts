import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ensureProgram } from "./programs.ts";

const version = async (path: string) => (await promisify(execFile)(path, ["--version"])).stdout;

test("PostgreSQL's programs are of one version, and new enough", { timeout: 120_000 }, async () => {
  const programs = await ensureProgram("postgresql");
  expect(Object.keys(programs)).toEqual(["postgres", "initdb", "pg_ctl", "psql"]);
  const said = await Promise.all(Object.values(programs).map(version));
  const majors = new Set(said.map((line) => /PostgreSQL\) (\d+)/.exec(line)?.[1]));
  expect(majors.size).toBe(1);
  expect(Number([...majors][0])).toBeGreaterThanOrEqual(15);
});

test("Redis is new enough", { timeout: 120_000 }, async () => {
  const programs = await ensureProgram("redis");
  expect(Object.keys(programs)).toEqual(["redis-server", "redis-cli"]);
  expect(Number(/v=(\d+)/.exec(await version(programs["redis-server"]))?.[1])).toBeGreaterThanOrEqual(7);
});

test("Z3 is the one that the platform pins", { timeout: 120_000 }, async () => {
  const { z3 } = await ensureProgram("z3");
  expect(await version(z3)).toContain("Z3 version 5.4.");
});
