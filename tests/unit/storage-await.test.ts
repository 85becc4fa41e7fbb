import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

const script = fileURLToPath(new URL("../../components/storage/await-accepted.sh", import.meta.url));
let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "iot-await-accepted-"));
});
afterEach(() => rmSync(dir, { recursive: true }));

/** Runs it where a second passes at once and does what it is told. @returns what the command at its end says */
function run({ revision, second }: { readonly revision: string; readonly second: string }): string {
  writeFileSync(join(dir, "revision"), revision);
  writeFileSync(join(dir, "sleep"), `#!/bin/sh\n${second}\n`);
  chmodSync(join(dir, "sleep"), 0o755);
  const env = { PATH: `${dir}:${process.env.PATH}`, ACCEPTED: dir, ACCEPTED_REVISION: "new" };
  const argv = [
    script,
    "sh",
    "-c",
    'echo "started with $(cat "$ACCEPTED/revision") and $1"',
    "-",
    "its argument",
  ];
  return execFileSync("sh", argv, { env, encoding: "utf8", stdio: "pipe" });
}

test("a server starts at once with the Secret that it was made for", () => {
  expect(run({ revision: "new", second: "exit 1" })).toBe("started with new and its argument\n");
});

test("it waits while the Secret is still the one before", () => {
  const second = 'printf new >"$ACCEPTED/revision"';
  expect(run({ revision: "old", second })).toBe("started with new and its argument\n");
});

test("it gives up after three minutes, and says what it waited for", () => {
  const ended = () => run({ revision: "old", second: `printf . >>${dir}/seconds` });
  expect(ended).toThrow("After 3 minutes, the Secret is not of revision new.");
  expect(readFileSync(join(dir, "seconds"), "utf8")).toHaveLength(180);
});
