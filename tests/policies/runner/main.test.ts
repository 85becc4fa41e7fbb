import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { root } from "../../../local/paths.ts";
import { exceptionPrefix } from "../../../policies/exceptions.ts";
import { rules } from "../../../policies/rules.ts";
import { runPolicies as runWith, usage } from "../../../policies/runner/main.ts";
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

const runPolicies = (argv: readonly string[], input = "") =>
  runWith(argv, { directory: folder, input: async () => Buffer.from(input) });
const asList = (changes = {}) =>
  JSON.stringify({ apiVersion: "v1", kind: "List", items: objectsWith(changes) });
const image = "Deployment/web spec.template.spec.containers.0.image";
const latest = { [image]: "registry.example/web:latest" };
const rows = (stdout: string) => JSON.parse(stdout) as { policy: string }[];

test("what keeps every rule ends well", async () => {
  const all = objectsWith();
  expect(await runPolicies([file("all.json", asList())])).toEqual({
    code: 0,
    stdout: `${all.length} objects: 0 mandatory and 0 advisory violations, 0 excepted\n`,
    stderr: "",
  });
});

test("a mandatory violation is shown with its object, field, reason and remedy, and the code is 1", async () => {
  const path = file("all.yaml", asList(latest));
  const { code, stdout } = await runPolicies([path]);
  expect(code).toBe(1);
  expect(stdout.split("\n\n")[0]).toBe(
    `Deployment shop/web  (${path}:1)\n` +
      "  mandatory  pinned-images\n" +
      "    spec.template.spec.containers[0].image\n" +
      "    container web runs registry.example/web:latest, whose tag names no version. Another program could run " +
      "tomorrow without any change here. Write a tag that names a version, such as :1.4.2, or better a digest (@sha256:...).",
  );
});

test("for machines it is an array", async () => {
  const path = file("all.yaml", asList(latest));
  const { code, stdout } = await runPolicies([path, "--format", "json"]);
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
  expect(await runPolicies([file("good.json", asList()), "--format=json"])).toMatchObject({
    code: 0,
    stdout: "[]\n",
  });
});

test("a folder is read with all that is below it, as one set of objects", async () => {
  for (const [index, object] of objectsWith(latest).entries())
    file(`a/${index % 3}/${index}.yml`, JSON.stringify(object));
  file("a/notes.md", "```yaml\nkind: nonsense\n```\n");
  file("a/.hidden/x.yaml", "nonsense");
  file("a/node_modules/x.yaml", "nonsense");
  const { code, stdout, stderr } = await runPolicies([join(folder, "a"), "--format", "json"]);
  expect([code, stderr]).toEqual([1, ""]);
  expect(rows(stdout).map(({ policy }) => policy)).toEqual(["pinned-images"]);
});

test("blocks in YAML of a Markdown file that is named are read, with its lines", async () => {
  const objects = objectsWith(latest).map(
    (object) => `## x\n\n\`\`\`yaml\n${JSON.stringify(object)}\n\`\`\`\n`,
  );
  const path = file("doc.md", `# Doc\n\n\`\`\`bash\nkind: [\n\`\`\`\n\n${objects.join("\n")}`);
  const { code, stdout, stderr } = await runPolicies([path, "--format", "json"]);
  expect([code, stderr]).toEqual([1, ""]);
  const index = objectsWith().findIndex(({ kind }) => kind === "Deployment");
  expect(JSON.parse(stdout)).toMatchObject([{ source: `${path}:${10 + 6 * index}` }]);
});

test("an exception is counted, listed with its reason, and no violation", async () => {
  const reason = "The image is built on the spot.";
  const changes = {
    ...latest,
    "Deployment/web metadata.annotations": { [`${exceptionPrefix}pinned-images`]: reason },
  };
  const path = file("all.json", asList(changes));
  expect(await runPolicies([path])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/, 1 excepted\n$/),
  });
  expect((await runPolicies([path, "--exceptions"])).stdout).toBe(
    `Deployment shop/web  pinned-images\n  spec.template.spec.containers[0].image\n  ${reason}\n1 violations are excepted; 0 exceptions are of no use here\n`,
  );
});

test("levels and options of a team hold", async () => {
  const path = file("all.json", asList(latest));
  const withSettings = (settings: unknown) =>
    runPolicies([path, "--format", "json", "--config", file("settings.json", JSON.stringify(settings))]);
  expect(await withSettings({ "pinned-images": "disabled" })).toMatchObject({ code: 0, stdout: "[]\n" });
  const advised = await withSettings({ "pinned-images": { enforcementLevel: "advisory" } });
  expect(advised.code).toBe(0);
  expect(JSON.parse(advised.stdout)).toMatchObject([{ policy: "pinned-images", severity: "advisory" }]);
  const strict = await withSettings({
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
])("settings %j are refused by name", async (settings, words) => {
  const config = file("settings.json", JSON.stringify(settings));
  expect(await runPolicies([file("all.json", asList()), "--config", config])).toEqual({
    code: 2,
    stdout: "",
    stderr: `--config ${config}: ${words}\n`,
  });
});

test("what cannot be read is named, and the rest is judged", async () => {
  const good = file("good.json", asList(latest));
  const broken = file("broken.yaml", "kind: [\n");
  const binary = join(folder, "binary.yaml");
  writeFileSync(binary, Buffer.from([0xff, 0xfe, 0x00]));
  const huge = file("huge.yaml", "");
  truncateSync(huge, 33 * 1024 * 1024);
  const { code, stdout, stderr } = await runPolicies([
    good,
    broken,
    binary,
    huge,
    join(folder, "none.yaml"),
    "--format",
    "json",
  ]);
  expect(code).toBe(1);
  expect(rows(stdout)).toHaveLength(1);
  const problems = stderr.trimEnd().split("\n");
  expect(problems[0]).toMatch(`${broken}:`);
  expect(problems.slice(1)).toEqual([
    `${binary}: is not text in UTF-8`,
    `${huge}: is larger than 32 MiB, more than is read. Split it.`,
    `${join(folder, "none.yaml")}: there is no such file or folder`,
  ]);
});

test.each([
  [[], `no file is named\n\n${usage}\n`],
  [["x.yaml", "--format", "xml"], "--format is xml; it must be table or json\n"],
])("%j is no call", async (argv, stderr) => {
  expect(await runPolicies(argv)).toEqual({ code: 2, stdout: "", stderr });
});

test("a folder without any object is a mistake", async () => {
  expect(await runPolicies([folder])).toEqual({
    code: 2,
    stdout: "",
    stderr: `no object of Kubernetes is in ${folder}\n`,
  });
});

test("an unknown option is named", async () => {
  const { code, stderr } = await runPolicies(["--strict"]);
  expect(code).toBe(2);
  expect(stderr).toMatch("--strict");
});

test("rules are listed", async () => {
  const { code, stdout } = await runPolicies(["--list"]);
  expect(code).toBe(0);
  for (const { name, description } of rules) expect(stdout).toContain(`  ${name}\n    ${description}\n`);
  expect(await runPolicies(["--help"])).toEqual({ code: 0, stdout: usage, stderr: "" });
});

test("the code is 2 where nothing is refused, and something could not be read", async () => {
  const { code, stderr } = await runPolicies([file("good.json", asList()), file("broken.yaml", "kind: [\n")]);
  expect([code, stderr]).toEqual([2, expect.stringMatching(/broken\.yaml:2: /)]);
});

test("the standard input is read, and paths are relative to where the caller is", async () => {
  const { code, stdout } = await runPolicies(["-", "--format", "json"], asList(latest));
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject([{ source: "standard input:1" }]);
  file("a/all.json", asList(latest));
  expect(JSON.parse((await runPolicies(["a", "--format", "json"])).stdout)).toMatchObject([
    { source: "a/all.json:1" },
  ]);
});

test("in a folder, what is no object is counted and skipped; named, it is a problem", async () => {
  file("chart/all.json", asList());
  const values = file("chart/values.yaml", "replicas: 2\n");
  expect(await runPolicies(["chart"])).toMatchObject({
    code: 0,
    stderr: "1 documents in folders are no objects of Kubernetes: skipped\n",
  });
  expect(await runPolicies(["chart/all.json", values])).toMatchObject({
    code: 2,
    stderr: `${values}:1: is no object of Kubernetes: it has no apiVersion or no kind\n`,
  });
});

test("an entry of a folder that cannot be read leaves the others to be", async () => {
  file("a/all.json", asList(latest));
  symlinkSync("nowhere", join(folder, "a", "dangling.yaml"));
  symlinkSync(".", join(folder, "a", "loop.yaml"));
  execFileSync("mkfifo", [join(folder, "a", "pipe.yaml")]);
  const { code, stdout, stderr } = await runPolicies(["a", "--format", "json"]);
  expect([code, rows(stdout).length]).toEqual([1, 1]);
  expect(stderr).toBe("a/dangling.yaml: there is no such file or folder\n");
});

test("a device is no file", async () => {
  expect(await runPolicies(["/dev/zero"])).toMatchObject({
    code: 2,
    stderr: "/dev/zero: is neither a file nor a folder\n",
  });
});

test("what is in no namespace has none", async () => {
  const role = {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "all" },
    rules: [{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] }],
  };
  const path = file("role.json", JSON.stringify(role));
  const found = JSON.parse((await runPolicies([path, "--format", "json"])).stdout) as object[];
  expect(found.length).toBeGreaterThan(0);
  expect(found[0]).toMatchObject({ kind: "ClusterRole", namespace: null, name: "all" });
  expect((await runPolicies([path])).stdout).toMatch(/^ClusterRole all {2}\(/);
});

test("exceptions of no use are listed: misspelt ones, and those from what is kept", async () => {
  const annotations = {
    [`${exceptionPrefix}pinned-images`]: "No reason any more.",
    [`${exceptionPrefix}pinned-image`]: "A slip.",
  };
  const path = file("all.json", asList({ "Deployment/web metadata.annotations": annotations }));
  expect((await runPolicies([path, "--exceptions"])).stdout).toBe(
    "Deployment shop/web  pinned-images\n  excepts from nothing: remove it\n" +
      "Deployment shop/web  pinned-image\n  names no rule of these: correct it, or leave it to its judge\n" +
      "0 violations are excepted; 2 exceptions are of no use here\n",
  );
});

test("machines are told the reasons of exceptions", async () => {
  const changes = {
    ...latest,
    "Deployment/web metadata.annotations": { [`${exceptionPrefix}pinned-images`]: "Built here." },
  };
  const { stdout } = await runPolicies([
    file("all.json", asList(changes)),
    "--exceptions",
    "--format",
    "json",
  ]);
  expect(JSON.parse(stdout)).toMatchObject([{ policy: "pinned-images", reason: "Built here." }]);
});

test("the command reads what comes late on its standard input", { timeout: 120_000 }, () => {
  const command = `(sleep 1; printf '%s' '${asList(latest)}') | node ${join(root, "local", "run.cjs")} policies - --format json`;
  const { status, stdout } = spawnSync("sh", ["-c", command], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(rows(stdout).map(({ policy }) => policy)).toEqual(["pinned-images"]);
});
