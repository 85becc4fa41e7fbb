import { afterAll, beforeAll, expect, it } from "vitest";
import { type Platform, startPlatform } from "../verifier/platform.ts";

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterAll(() => platform.remove());

it("waits for a database that is not there yet, and says so", async () => {
  await platform.postgresql.stop();
  const job = platform.migrate();
  const line = await job.logged("the database cannot be reached yet; trying again");
  expect(line).toMatchObject({
    level: "warn",
    port: platform.postgresql.port,
    err: { message: expect.any(String) },
  });
  await platform.postgresql.start();
  expect(await job.ended).toBe(0);
  expect(job.lines.map(({ msg }) => msg)).toContain("the queues are up to date");
});

it("may be run again, by several at a time", async () => {
  const jobs = [platform.migrate(), platform.migrate()];
  expect(await Promise.all(jobs.map(({ ended }) => ended))).toEqual([0, 0]);
  const applied = jobs.flatMap(({ lines }) => lines.flatMap((line) => (line.applied as string[]) ?? []));
  expect(applied).toEqual([]);
});

it("fails at once when the schema is not that of the program", async () => {
  await platform.postgresql.sql(
    "INSERT INTO platform.migrations (name, checksum) VALUES ('9999-later', 'x')",
  );
  const job = platform.migrate();
  expect(await job.ended).toBe(1);
  expect(job.lines.find(({ level }) => level === "fatal")).toMatchObject({
    msg: "failed",
    err: { type: "MigrationError", message: expect.stringContaining("it has 9999-later") },
  });
});
