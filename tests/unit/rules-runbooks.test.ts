import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { metricName, metrics } from "../../components/contract/metrics.ts";
import { systemNames } from "../../components/contract/systems.ts";
import { documentedKeys } from "../../config/document.ts";
import { root } from "../../local/paths.ts";
import { builtDashboards } from "./dashboards-built.ts";
import { exampleRules } from "./example-metrics.ts";
import { stacks } from "./program.ts";
import { objectsOf } from "./program-objects.ts";

const runbooks = join("docs", "runbooks");
const names = exampleRules.flatMap(({ alerts }) => alerts.map(({ alert }) => alert));

const read = (page: string) => readFileSync(join(root, page), "utf8");
/** What a page has of a pattern: its first group that matched, each time. */
const all = (text: string, pattern: RegExp) =>
  [...text.matchAll(pattern)].map(([, ...groups]) => groups.find(Boolean) ?? "");

test("every alert has a page, and every page an alert", () => {
  const pages = readdirSync(join(root, runbooks)).map((file) => file.replace(/\.md$/, ""));
  expect(pages.sort()).toEqual([...names].sort());
});

test.each(names)("%s says what it means, what to look at, what to do, and what if it was false", (name) => {
  const page = read(join(runbooks, `${name}.md`));
  expect(all(page, /^(#+ .*)$/gm)).toEqual([
    `# ${name}`,
    "## What it means",
    "## What to look at",
    "## What to do",
    "## If it was false",
  ]);
  expect(page).not.toMatch(/^## .*\n\n(?=##|$)/m);
});

describe.each([
  ...names.map((name) => join(runbooks, `${name}.md`)),
  join("docs", "monitoring.md"),
  join("docs", "dashboards.md"),
])("what %s names, there is", (page) => {
  const text = read(page);

  test("pages, and sections of them", () => {
    const targets = all(text, /\]\((?!https?:)([^)]+\.md[^)]*)\)/g);
    expect(targets.filter((target) => !resolves(page, target))).toEqual([]);
  });

  test("objects of Kubernetes", () => {
    expect(objectsNamedIn(text).filter((object) => !objects.has(object))).toEqual([]);
    const workloads = all(text, /kubernetes\.io\/name=([a-z0-9-]+)/g);
    expect(workloads.filter((name) => !labelled.has(name))).toEqual([]);
  });

  test("keys of the configuration", () => {
    const keys = all(text, /`((?:[a-z]\w*\.)+[\w*{][\w.*{},]*)`/g).filter((key) => !otherNames.test(key));
    expect(keys.flatMap(alternatives).filter((key) => !isKey(key))).toEqual([]);
  });

  test("commands, metrics of ours, and dashboards", () => {
    const scripts = all(text, /\bnpm (?:run )?((?!run\b)[a-z:]+)/g);
    expect(scripts.filter((script) => !(script in packageScripts))).toEqual([]);
    const asked = all(text, /\b(iot_verification_\w+)/g).map((name) => name.replace(/_bucket$/, ""));
    expect(asked.filter((name) => !ownMetrics.has(name))).toEqual([]);
    expect(all(text, /[Dd]ashboard \*(\w+)\*/g).filter((title) => !titles.has(title))).toEqual([]);
  });
});

/** Whether a link leads to a page, and to a heading of it. */
function resolves(from: string, target: string): boolean {
  const [file = "", anchor] = target.split("#");
  const page = normalize(join(dirname(from), file));
  try {
    const anchors = all(read(page), /^#+ (.*)$/gm).map(anchorOf);
    return anchor === undefined || anchors.includes(anchor);
  } catch {
    return false;
  }
}

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, "")
    .replaceAll(" ", "-");
}

/** Every object of the stacks, as `KIND NAME`; a StatefulSet has a pod, whose claim is named after it. */
const objects = new Set(
  stacks
    .flatMap(objectsOf)
    .map((object) => object.replace(/^.*: /, ""))
    .flatMap((object) => {
      const name = /^StatefulSet (.+)$/.exec(object)?.[1];
      return name === undefined
        ? [object]
        : [object, `Pod ${name}-0`, `PersistentVolumeClaim data-${name}-0`];
    }),
);

/** Workloads; those of one kind are in stacks of another configuration alone. */
const labelled = new Set([
  ...[...objects].map((object) => object.replace(/^\w+ /, "")),
  systemNames.metricsServer,
]);

/** Kinds as kubectl is told them. */
const kinds: Readonly<Record<string, string>> = {
  deploy: "Deployment",
  deployment: "Deployment",
  statefulset: "StatefulSet",
  ds: "DaemonSet",
  daemonset: "DaemonSet",
  cronjob: "CronJob",
  secret: "Secret",
  svc: "Service",
  service: "Service",
  pod: "Pod",
};

/** Objects that a page names: to kubectl, in words (*the Secret `x`*), and pods and claims wherever they stand. Capitals are for the reader. */
function objectsNamedIn(text: string): string[] {
  const words = Object.keys(kinds).join("|");
  const told = [
    ...text.matchAll(new RegExp(`(?<![\\w-])(${words})(?:/| (?!-))([a-z][a-z0-9-]*)(?=[\\s\`])`, "g")),
  ]
    .filter(([whole]) => whole.includes("/") || inCommand(text, whole))
    .map(([, kind = "", name]) => `${kinds[kind]} ${name}`);
  const said = [...text.matchAll(/\b(Secret|CronJob|Deployment|StatefulSet|Job) `([a-z][a-z0-9-]*)`/g)].map(
    ([, kind, name]) => `${kind} ${name}`,
  );
  const claims = all(text, /\b(data-[a-z-]+-0)\b/g).map((name) => `PersistentVolumeClaim ${name}`);
  const pods = all(text, /(?<![\w-])((?!data-)[a-z][a-z-]*-0)\b/g).map((name) => `Pod ${name}`);
  return [...told, ...said, ...claims, ...pods];
}

/** Whether words stand in a command, not in a sentence. */
function inCommand(text: string, words: string): boolean {
  return all(text, /(kubectl [^`\n]*)/g).some((command) => command.includes(words));
}

const keys = documentedKeys().map(({ key }) => key);

/**
 * Whether it is a key, or has some below it. A `*` of either side stands for any name; the last of a known one, for all that
 * is below it, too.
 */
function isKey(name: string): boolean {
  const segments = name.split(".");
  return keys.some((key) => {
    const known = key.split(".");
    const last = known.at(-1);
    return segments.every((own, index) => fits(own, known[index] ?? (last === "*" ? last : "")));
  });
}

/** Such as `*Version`. */
function fits(own: string, known: string): boolean {
  return (
    own === known || known === "*" || (known !== "" && own.startsWith("*") && known.endsWith(own.slice(1)))
  );
}

/** `a.{b,c}` is two keys. */
function alternatives(key: string): string[] {
  const [, head = "", list = "", tail = ""] = /^(.*)\{(.*)\}(.*)$/.exec(key) ?? [];
  return list === "" ? [key] : list.split(",").map((one) => `${head}${one}${tail}`);
}

/** Fields of log lines, and files, are written like keys. */
const otherNames = /^(error|trace|log|service)\.|\.(ts|md|yml)$/;

const packageScripts = (JSON.parse(read("package.json")) as { scripts: Record<string, string> }).scripts;
const ownMetrics = new Set<string>(
  Object.keys(metrics).map((key) => metricName(key as keyof typeof metrics)),
);
const titles = new Set(builtDashboards().map(({ title }) => title));
