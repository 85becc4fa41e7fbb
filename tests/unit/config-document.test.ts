import { expect, test } from "vitest";
import { configurationTable, documentedKeys, stalePurposes } from "../../config/document.ts";

const lines = configurationTable().split("\n");
const rowOf = (key: string) => lines.filter((line) => line.startsWith(`| \`${key}\` |`));

test("a row says what its key is for, its default and what is allowed", () => {
  expect(rowOf("gateway.replicas")).toEqual([
    "| `gateway.replicas` | Pods of the gateway; where it scales, the least | `3` | a whole number from 1 to 50 (pods) |",
  ]);
  expect(rowOf("databasePassword")[0]).toMatch(/^\| `databasePassword` \| [^|]+ \| {2}\| /);
});

test("the size of a container is one row, though four keys", () => {
  expect(documentedKeys().filter(({ key }) => key.startsWith("migrations.resources."))).toHaveLength(4);
  expect(lines.filter((line) => line.startsWith("| `migrations.resources"))).toEqual([
    expect.stringMatching(
      /^\| `migrations\.resources` \| [^|]+ \| `\{ requests: \{ cpu: 100m, memory: 128Mi \}, limits: \{ cpu: 500m, memory: 256Mi \} \}` \| see \d below \|$/,
    ),
  ]);
});

test("what many keys allow is said once, below the table", () => {
  const number = /see (\d) below/.exec(rowOf("images.redis")[0] ?? "")?.[1];
  expect(rowOf("images.grafana")[0]).toContain(`see ${number} below`);
  const notes = lines.filter((line) => /^\d\. /.test(line));
  expect(notes.map((note) => note.slice(0, 3))).toEqual(notes.map((_, index) => `${index + 1}. `));
  expect(notes).toContain(
    `${number}. an image with registry host and path, pinned by digest or by a tag that begins with a version (never latest)`,
  );
});

test("every purpose is one of a key", () => {
  expect(stalePurposes()).toEqual([]);
});
