import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { generatedPages, withGeneratedParts } from "../../local/commands/golden.ts";
import { secretValue } from "../../local/render/record.ts";
import { root } from "./program.ts";

const hint =
  "the stack renders differently from tests/golden: look at the difference, then run `npm run golden`";

describe.each(["dev", "prod", "cluster"])("stack %s", (stack) => {
  const golden = filesBelow(join(root, "tests", "golden", stack));

  test("renders what tests/golden holds", { timeout: 30_000 }, async () => {
    const directory = mkdtempSync(join(tmpdir(), "golden-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const argv = [join(root, "local", "main.ts"), "render", stack, "--out", directory];
    const { stdout } = await promisify(execFile)(process.execPath, argv, { cwd: root });
    const count = golden[".rendered"]?.match(/\n/g)?.length;
    expect(stdout).toBe(`${count} files in ${directory}\n`);
    expect(filesBelow(directory), hint).toEqual(golden);
  });

  test("has no secret value in any golden file", () => {
    expect(Object.keys(golden).length).toBeGreaterThan(25);
    let secrets = 0;
    for (const [path, text] of Object.entries(golden)) {
      if (!path.endsWith(".yaml")) continue;
      expect(text).not.toMatch(/generated-|placeholder-for-a-secret/);
      const object = parse(text) as { kind: string; data?: unknown; stringData?: Record<string, unknown> };
      if (object.kind !== "Secret") continue;
      secrets++;
      expect(object.data).toBeUndefined();
      expect(new Set(Object.values(object.stringData ?? {}))).toEqual(new Set([secretValue]));
    }
    expect(secrets > 0).toBe(stack !== "cluster");
  });
});

test.each(generatedPages)("what %s has from the code is the code's", (page) => {
  const text = readFileSync(join(root, page), "utf8");
  expect(text, `${page} is behind the code: run \`npm run golden\``).toBe(withGeneratedParts(page, text));
});

/** Content of every file below a directory, by its path there. */
function filesBelow(directory: string): Record<string, string> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const files = entries.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(
    files.map((file) => [file.slice(directory.length + 1), readFileSync(file, "utf8")]),
  );
}
