import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { ensureProgram } from "./programs.ts";

const version = async (path: string) => {
  const { stdout, stderr } = await promisify(execFile)(path, ["--version"]);
  return stdout + stderr;
};

test("PostgreSQL's programs are of one version, and new enough", { timeout: 120_000 }, async () => {
  const programs = await ensureProgram("postgresql");
  expect(Object.keys(programs)).toEqual(["postgres", "initdb", "pg_ctl", "psql", "pg_dump", "pg_restore"]);
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

test.each([
  ["versitygw", /^Version\s*: 1\.8\.0$/m],
  ["prometheus", /^(prometheus|promtool), version 3\.16\.0 /],
  ["alertmanager", /^(alertmanager|amtool), version 0\.34\.2 /],
] as const)("%s is the one that the platform pins", { timeout: 1_800_000 }, async (product, said) => {
  const programs = await ensureProgram(product);
  expect(Object.keys(programs)[0]).toBe(product);
  for (const path of Object.values(programs)) expect(await version(path)).toMatch(said);
});

test.each([
  ["postgres-exporter", "postgres_exporter", /^postgres_exporter, version \d/],
  ["redis-exporter", "redis_exporter", /Redis Metrics Exporter v?\d/],
  ["ruby", "ruby", /^ruby \d/],
] as const)("%s runs on this machine", { timeout: 120_000 }, async (product, name, said) => {
  const programs: Readonly<Record<string, string>> = await ensureProgram(product);
  expect(Object.keys(programs)).toEqual([name]);
  expect(await version(programs[name] ?? "")).toMatch(said);
});
