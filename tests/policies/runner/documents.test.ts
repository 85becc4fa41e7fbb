import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readDocuments } from "../../../policies/runner/documents.ts";

const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n`;
const read = (content: string, firstLine?: number) => readDocuments("a.yaml", content, firstLine);
const names = (content: string) =>
  read(content).objects.map(({ content: object }) => (object.metadata as { name: unknown }).name);

test("documents are objects, each with the line that it begins at", () => {
  const { objects, problems } = read(`# first\n${map("one")}---\n---\n# second\n\n${map("two")}...\n`);
  expect(problems).toEqual([]);
  expect(objects).toEqual([
    { content: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "one" } }, source: "a.yaml:2" },
    { content: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "two" } }, source: "a.yaml:10" },
  ]);
  expect(read(map("one"), 100).objects[0]?.source).toBe("a.yaml:100");
});

test("JSON is read like YAML, and nothing is nothing", () => {
  expect(names('{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"json"}}')).toEqual(["json"]);
  for (const empty of ["", "\n", "---\n", "# nothing\n", "null\n"])
    expect(read(empty)).toEqual({ objects: [], problems: [], strangers: [] });
});

test("a List is its items, however deep; a kind of somebody's that ends so is one object", () => {
  const list = (items: unknown[], kind = "List") => ({ apiVersion: "v1", kind, items });
  const item = parse(map("inner")) as unknown;
  expect(names(JSON.stringify(list([item, list([item], "ConfigMapList")])))).toEqual(["inner", "inner"]);
  const { objects } = read("apiVersion: x.example/v1\nkind: PriceList\nmetadata: {name: prices}\nspec: {}\n");
  expect(objects).toHaveLength(1);
});

test("words and numbers are what Kubernetes' own reader makes of them", () => {
  const text = "apiVersion: v1\nkind: X\na: yes\nb: off\nc: 0440\nd: 12:30\ne: 2026-01-31\nf: 1_000\n";
  expect(read(text).objects[0]?.content).toEqual({
    apiVersion: "v1",
    kind: "X",
    a: true,
    b: false,
    c: 288,
    d: "12:30",
    e: "2026-01-31",
    f: 1000,
  });
});

test("anchors and merges are what they stand for", () => {
  const text = "apiVersion: v1\nkind: X\nbase: &base {a: 1}\nown: {<<: *base, b: 2}\nagain: *base\n";
  expect(read(text).objects[0]?.content).toMatchObject({ own: { a: 1, b: 2 }, again: { a: 1 } });
});

describe("what cannot be read is said with its line, and the rest is read", () => {
  test.each([
    [
      "a key twice",
      "apiVersion: v1\nkind: X\nkind: Y\n",
      /^a\.yaml:3: Map keys must be unique\. Nothing of this document is judged\.$/,
    ],
    [
      "broken indentation",
      "apiVersion: v1\n kind: X\n",
      /^a\.yaml:\d: .+ Nothing of this document is judged\.$/,
    ],
    ["an open bracket", "apiVersion: [v1\n", /^a\.yaml:\d: /],
    ["a tab", "apiVersion: v1\n\tkind: X\n", /^a\.yaml:\d: .*[Tt]ab/],
    ["an alias of nothing", "apiVersion: v1\nkind: *nothing\n", /^a\.yaml:\d: .*alias/i],
    [
      "no kind",
      "apiVersion: v1\n",
      /^a\.yaml:1: is no object of Kubernetes: it has no apiVersion or no kind$/,
    ],
    ["a number for a kind", "apiVersion: v1\nkind: 5\n", /is no object of Kubernetes/],
    ["a text", "just words\n", /^a\.yaml:1: is a string where an object of Kubernetes is a mapping$/],
    [
      "a list",
      "- apiVersion: v1\n  kind: X\n",
      /^a\.yaml:1: is a list where an object of Kubernetes is a mapping$/,
    ],
    ["a template", "{{- if .Values.on }}\nkind: X\n{{- end }}\n", /^a\.yaml:\d: /],
  ])("%s", (_, broken, words) => {
    const { objects, problems, strangers } = read(`${broken}---\n${map("after")}`);
    expect([...problems, ...strangers]).toHaveLength(1);
    expect([...problems, ...strangers][0]).toMatch(words);
    expect(objects).toHaveLength(1);
  });
});

test("what stands in a broken text is in no problem, as it may be a credential", () => {
  const credential = "Sup3rPass-77aa";
  for (const broken of [
    `a: *${credential}`,
    `a: "\\${credential}"`,
    `a: !${credential} b`,
    `a: 'x' ${credential}`,
    `%${credential}\n---\na: b`,
    `a: b: ${credential}`,
  ])
    for (const problem of read(`apiVersion: v1\nkind: X\n${broken}\n`).problems)
      expect(problem).not.toContain(credential);
});

test("items of a PodList are Pods, though they do not say so; what is none is told", () => {
  const items = [
    { metadata: { name: "one" } },
    5,
    { kind: "Job", apiVersion: "batch/v1", metadata: { name: "two" } },
  ];
  const { objects, strangers } = read(JSON.stringify({ apiVersion: "v1", kind: "PodList", items }));
  expect(objects.map(({ content }) => [content.apiVersion, content.kind])).toEqual([
    ["v1", "Pod"],
    ["batch/v1", "Job"],
  ]);
  expect(strangers).toEqual([
    "a.yaml:1: an item of the PodList is a number where an object of Kubernetes is a mapping",
  ]);
  const mixed = JSON.stringify({ apiVersion: "v1", kind: "List", items: [{ metadata: {} }] });
  expect(read(mixed).strangers).toEqual([
    "a.yaml:1: an item of the List is no object of Kubernetes: it has no apiVersion or no kind",
  ]);
});

test("aliases that explode are refused, not followed", () => {
  const levels = Array.from({ length: 12 }, (_, level) => {
    const inner =
      level === 0 ? '["lol"]' : `[${Array.from({ length: 9 }, () => `*l${level - 1}`).join(", ")}]`;
    return `l${level}: &l${level} ${inner}`;
  });
  const { objects, problems } = read(`apiVersion: v1\nkind: X\n${levels.join("\n")}\n`);
  expect(objects).toEqual([]);
  expect(problems).toHaveLength(1);
  expect(problems).toEqual([
    "a.yaml:1: Aliases stand for more than is followed. Nothing of this document is judged.",
  ]);
});

test("an alias of what it stands within is refused", () => {
  expect(read("apiVersion: v1\nkind: X\nself: &self\n  inner: *self\n")).toEqual({
    objects: [],
    problems: ["a.yaml:1: An alias stands within what it stands for. Nothing of this document is judged."],
    strangers: [],
  });
});

describe("no text whatever makes it throw", () => {
  const fixed = { seed: 20_260_101, numRuns: 500 };

  test("of any characters", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (content) => {
        const { objects, problems } = read(content);
        for (const problem of problems) expect(problem).toMatch(/^a\.yaml:\d+: /);
        expect(objects.every((one) => typeof one.content === "object")).toBe(true);
      }),
      fixed,
    );
  });

  test("of YAML's own characters", () => {
    const piece = fc.constantFrom(
      "a",
      ": ",
      "- ",
      "\n",
      "  ",
      "&x ",
      "*x",
      "[",
      "]",
      "{",
      "}",
      "'",
      '"',
      "|",
      ">",
      "!!",
      "<<",
      "---\n",
      "?",
      "#",
      "kind",
      "apiVersion",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(() => read(pieces.join(""))).not.toThrow();
      }),
      fixed,
    );
  });
});
