import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { adaptModule } from "../../local/toolchain/adapt.ts";
import { modules } from "../../local/toolchain/modules.ts";
import { scratch } from "./toolchain-scratch.ts";

const mend = modules["provider-kubernetes"].mend;
if (!mend) throw new Error("the provider is no longer mended: remove this test");

/** A module cache with one file, and a go that says where it is and notes what else it is asked. */
function played(source: string) {
  const folder = scratch();
  const cached = join(folder, "cached");
  const file = join(cached, mend?.file ?? "");
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, source);
  chmodSync(file, 0o444);
  mkdirSync(join(cached, "cmd/pulumi-resource-kubernetes"), { recursive: true });
  writeFileSync(
    join(cached, "cmd/pulumi-resource-kubernetes/schema.json"),
    '{"name":"kubernetes","version":"0"}',
  );
  writeFileSync(join(cached, "cmd/pulumi-resource-kubernetes/terraform-mapping.json"), '{"a":1}');
  const go = join(folder, "go");
  const download = `echo '{"Dir": "${cached}"}'`;
  writeFileSync(
    go,
    `#!/bin/sh\nif [ "$2" = download ]; then ${download}; else echo "$@" >>"${folder}/asked"; fi\n`,
  );
  chmodSync(go, 0o755);
  const dir = join(folder, "build");
  mkdirSync(dir);
  const adapt = () =>
    adaptModule({
      module: "provider-kubernetes",
      dir,
      go,
      env: process.env,
      signal: new AbortController().signal,
    });
  return { folder, dir, file, adapt };
}

test("the line is replaced in a copy, which takes the module's place; the cache stays as it is", async () => {
  const source = `before\n\t\t${mend.line}\nafter\n`;
  const { folder, dir, file, adapt } = played(source);
  await adapt();
  expect(readFileSync(join(dir, "mended", mend.file), "utf8")).toBe(
    `before\n\t\t${mend.by.join("\n")}\nafter\n`,
  );
  expect(readFileSync(file, "utf8")).toBe(source);
  expect(readFileSync(join(folder, "asked"), "utf8")).toBe(`mod edit -replace=${mend.module}=./mended\n`);
  expect(JSON.parse(readFileSync(join(dir, "schema-embed.json"), "utf8"))).toEqual({
    name: "kubernetes",
    version: "4.34.2+built.from.4.25.0",
  });
});

test.each([
  ["no", "something else\n", "0 times"],
  ["more than one", `${mend.line}\n${mend.line}\n`, "2 times"],
])("a module with %s such line is not built", async (_, source, times) => {
  const { adapt } = played(source);
  await expect(adapt()).rejects.toThrow(`has the line to mend ${times}, not once`);
});
