import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exceptionPrefix } from "../../../policies/exceptions.ts";
import { rules } from "../../../policies/rules.ts";
import { runPolicies, usage } from "../../../policies/runner/main.ts";
import { objectsWith } from "../world.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "policies test "));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const asList = (changes = {}) =>
  JSON.stringify({ apiVersion: "v1", kind: "List", items: objectsWith(changes) });
const image = "Deployment/web spec.template.spec.containers.0.image";
const latest = { [image]: "registry.example/web:latest" };
const rows = (stdout: string) => JSON.parse(stdout) as { policy: string }[];

test("what keeps every rule ends well", () => {
  const all = objectsWith();
  expect(runPolicies([file("all.json", asList())])).toEqual({
    code: 0,
    stdout: `${all.length} objects: 0 mandatory and 0 advisory violations, 0 excepted\n`,
    stderr: "",
  });
});

test("a mandatory violation is shown with its object, field, reason and remedy, and the code is 1", () => {
  const path = file("all.yaml", asList(latest));
  const { code, stdout } = runPolicies([path]);
  expect(code).toBe(1);
  expect(stdout.split("\n\n")[0]).toBe(
    `Deployment shop/web  (${path}:1)\n` +
      "  mandatory  pinned-images\n" +
      "    spec.template.spec.containers[0].image\n" +
      "    container web runs registry.example/web:latest, whose tag names no version. Another program could run " +
      "tomorrow without any change here. Write a tag that names a version, such as :1.4.2, or better a digest (@sha256:...).",
  );
});

test("for machines it is an array", () => {
  const path = file("all.yaml", asList(latest));
  const { code, stdout } = runPolicies([path, "--format", "json"]);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual([
    {
      policy: "pinned-images",
      severity: "mandatory",
      kind: "Deployment",
      namespace: "shop",
      name: "web",
      path: "spec.template.spec.containers[0].image",
      message: expect.stringMatching(/^container web runs /),
      source: `${path}:1`,
    },
  ]);
  expect(runPolicies([file("good.json", asList()), "--format=json"])).toMatchObject({
    code: 0,
    stdout: "[]\n",
  });
});

test("a folder is read with all that is below it, as one set of objects", () => {
  for (const [index, object] of objectsWith(latest).entries())
    file(`a/${index % 3}/${index}.yml`, JSON.stringify(object));
  file("a/notes.md", "```yaml\nkind: nonsense\n```\n");
  file("a/.hidden/x.yaml", "nonsense");
  file("a/node_modules/x.yaml", "nonsense");
  const { code, stdout, stderr } = runPolicies([join(folder, "a"), "--format", "json"]);
  expect([code, stderr]).toEqual([1, ""]);
  expect(rows(stdout).map(({ policy }) => policy)).toEqual(["pinned-images"]);
});

test("blocks in YAML of a Markdown file that is named are read, with its lines", () => {
  const objects = objectsWith(latest).map(
    (object) => `## x\n\n\`\`\`yaml\n${JSON.stringify(object)}\n\`\`\`\n`,
  );
  const path = file("doc.md", `# Doc\n\n\`\`\`bash\nkind: [\n\`\`\`\n\n${objects.join("\n")}`);
  const { code, stdout, stderr } = runPolicies([path, "--format", "json"]);
  expect([code, stderr]).toEqual([1, ""]);
  const index = objectsWith().findIndex(({ kind }) => kind === "Deployment");
  expect(JSON.parse(stdout)).toMatchObject([{ source: `${path}:${10 + 6 * index}` }]);
});

test("an exception is counted, listed with its reason, and no violation", () => {
  const reason = "The image is built on the spot.";
  const changes = {
    ...latest,
    "Deployment/web metadata.annotations": { [`${exceptionPrefix}pinned-images`]: reason },
  };
  const path = file("all.json", asList(changes));
  expect(runPolicies([path])).toMatchObject({ code: 0, stdout: expect.stringMatching(/, 1 excepted\n$/) });
  expect(runPolicies([path, "--exceptions"]).stdout).toBe(
    `Deployment shop/web  pinned-images\n  spec.template.spec.containers[0].image\n  ${reason}\n1 violations are excepted\n`,
  );
});

test("levels and options of a team hold", () => {
  const path = file("all.json", asList(latest));
  const withSettings = (settings: unknown) =>
    runPolicies([path, "--format", "json", "--config", file("settings.json", JSON.stringify(settings))]);
  expect(withSettings({ "pinned-images": "disabled" })).toMatchObject({ code: 0, stdout: "[]\n" });
  const advised = withSettings({ "pinned-images": { enforcementLevel: "advisory" } });
  expect(advised.code).toBe(0);
  expect(JSON.parse(advised.stdout)).toMatchObject([{ policy: "pinned-images", severity: "advisory" }]);
  const strict = withSettings({
    all: "disabled",
    "trusted-registries": { enforcementLevel: "mandatory", registries: ["other.example"] },
  });
  expect([...new Set(rows(strict.stdout).map(({ policy }) => policy))]).toEqual(["trusted-registries"]);
});

test.each([
  [{ "pinned-image": "disabled" }, "pinned-image: no rule is called that; `--list` shows all"],
  [
    { "pinned-images": "off" },
    "pinned-images: must be mandatory, advisory or disabled, or a mapping with enforcementLevel and options",
  ],
  [{ "pinned-images": { tags: [] } }, "pinned-images: has no options"],
  [
    { "trusted-registries": { registries: "one" } },
    "trusted-registries.registries: Invalid input: expected array, received string",
  ],
  [[], "settings are a mapping of names of rules to a level or to options"],
])("settings %j are refused by name", (settings, words) => {
  const config = file("settings.json", JSON.stringify(settings));
  expect(runPolicies([file("all.json", asList()), "--config", config])).toEqual({
    code: 2,
    stdout: "",
    stderr: `--config ${config}: ${words}\n`,
  });
});

test("what cannot be read is named, the rest is judged, and the code says that not everything was", () => {
  const good = file("good.json", asList(latest));
  const broken = file("broken.yaml", "kind: [\n");
  const binary = join(folder, "binary.yaml");
  writeFileSync(binary, Buffer.from([0xff, 0xfe, 0x00]));
  const huge = file("huge.yaml", "");
  truncateSync(huge, 33 * 1024 * 1024);
  const { code, stdout, stderr } = runPolicies([
    good,
    broken,
    binary,
    huge,
    join(folder, "none.yaml"),
    "--format",
    "json",
  ]);
  expect(code).toBe(2);
  expect(rows(stdout)).toHaveLength(1);
  const problems = stderr.trimEnd().split("\n");
  expect(problems[0]).toMatch(`${broken}:`);
  expect(problems.slice(1)).toEqual([
    `${binary}: is not text in UTF-8`,
    `${huge}: has 33 MiB; up to 32 MiB are read. Split it.`,
    `${join(folder, "none.yaml")}: there is no such file or folder`,
  ]);
});

test.each([
  [[], `no file is named\n\n${usage}\n`],
  [["x.yaml", "--format", "xml"], "--format is xml; it must be table or json\n"],
])("%j is no call", (argv, stderr) => {
  expect(runPolicies(argv)).toEqual({ code: 2, stdout: "", stderr });
});

test("a folder without any object is a mistake", () => {
  expect(runPolicies([folder])).toEqual({
    code: 2,
    stdout: "",
    stderr: `no object of Kubernetes is in ${folder}\n`,
  });
});

test("an unknown option is named", () => {
  const { code, stderr } = runPolicies(["--strict"]);
  expect(code).toBe(2);
  expect(stderr).toMatch("--strict");
});

test("rules are listed", () => {
  const { code, stdout } = runPolicies(["--list"]);
  expect(code).toBe(0);
  for (const { name, description } of rules) expect(stdout).toContain(`  ${name}\n    ${description}\n`);
  expect(runPolicies(["--help"])).toEqual({ code: 0, stdout: usage, stderr: "" });
});
