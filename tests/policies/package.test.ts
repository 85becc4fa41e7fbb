import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../local/paths.ts";

type Package = { readonly dependencies: Readonly<Record<string, string>>; readonly engines: object };
const read = (file: string) => readFileSync(join(root, file), "utf8");
const pack = JSON.parse(read("policies/package.json")) as Package;
const whole = JSON.parse(read("package.json")) as Package;

const imports = readdirSync(join(root, "policies"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.includes("node_modules"))
  .flatMap((file) =>
    [...read(join("policies", file)).matchAll(/from "([^"]+)"/g)].map(([, name = ""]) => ({ file, name })),
  );

test("the pack needs what its package.json says, in the versions of the whole", () => {
  const needed = imports
    .map(({ name }) => name)
    .filter((name) => !name.startsWith(".") && !name.startsWith("node:"));
  expect([...new Set(needed)].sort()).toEqual(Object.keys(pack.dependencies).sort());
  for (const [name, version] of Object.entries(pack.dependencies))
    expect(whole.dependencies[name], name).toBe(version);
  expect(pack.engines).toEqual(whole.engines);
});

test("the pack needs no file outside its folder", () => {
  const beyond = imports.filter(
    ({ file, name }) => name.startsWith(".") && join(file, "..", name).startsWith(".."),
  );
  expect(beyond).toEqual([]);
});
