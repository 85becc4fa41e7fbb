import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { bundle } from "../../../images/bundle.ts";
import { runJobProcess } from "../../../services/verifier/job/process.ts";
import { type Platform, startPlatform } from "./platform.ts";

let dir: string;
let platform: Platform;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "iot-bundle-"));
  const sources = {
    migrations: "services/migrations/main.ts",
    verifier: "tests/services/verifier/fake-program.ts",
  };
  for (const [program, source] of Object.entries(sources)) {
    for (const [path, content] of await bundle({ program, source })) {
      mkdirSync(dirname(join(dir, path)), { recursive: true });
      writeFileSync(join(dir, path), content);
    }
  }
  platform = await startPlatform();
});

afterAll(async () => {
  await platform.remove();
  rmSync(dir, { recursive: true });
});

it("bundled, the migrations hold their SQL and a verifier starts itself again for each job", async () => {
  const migrations = platform.run(join(dir, "migrations.mjs"));
  expect(await migrations.ended).toBe(0);
  expect(migrations.lines.map(({ msg, applied }) => [msg, applied])).toContainEqual([
    "the schema was migrated",
    ["0001-verifications"],
  ]);
  const verifier = await platform.spawnVerifier({}, join(dir, "verifier.mjs"));
  await verifier.logged("taking verifications");
  const id = await platform.submit({ do: "run-engine", input: "(check-sat)" });
  expect((await platform.finished(id)).result).toMatchObject({ verdict: "proved", claim: "sat" });
});

it("is no worker as a job: it needs no settings", async () => {
  const verdict = await runJobProcess({
    program: join(dir, "verifier.mjs"),
    submission: { property: "fake", model: { do: "prove", text: "alone" } },
    limits: { milliseconds: 10_000, memoryBytes: 2 ** 28 },
    signal: new AbortController().signal,
    onProgress: () => {},
    onEngine: () => () => {},
    onErrors: () => {},
  });
  expect(verdict).toMatchObject({ verdict: "proved", claim: "alone" });
});
