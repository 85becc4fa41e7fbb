import { expect, test } from "vitest";
import { stackOf } from "../../../policies/objects/stack.ts";
import { duplicateObjects } from "../../../policies/wiring/duplicate-objects.ts";
import { foundBy, messagesOf } from "../world.ts";

const again = (changes: object = {}) => ({
  "Service/again": {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web", namespace: "shop" },
    spec: { ports: [{ port: 1 }] },
    ...changes,
  },
});

test("every object is there once", () => {
  expect(foundBy(duplicateObjects)).toEqual([]);
});

test("a second one of the same name is refused", () => {
  expect(foundBy(duplicateObjects, again())).toEqual(["Service/web metadata.name"]);
  expect(messagesOf(duplicateObjects, again())[0]).toMatch(
    /^there are two of Service web in namespace shop\./,
  );
});

test.each([
  ["another namespace", again({ metadata: { name: "web", namespace: "other" } })],
  ["another kind", again({ kind: "ConfigMap" })],
  ["another group", again({ apiVersion: "serving.knative.dev/v1" })],
  ["no name yet", { ...again({ metadata: {} }), "Service/store metadata.name": undefined }],
])("%s is another object", (_, changes) => {
  expect(foundBy(duplicateObjects, changes)).toEqual([]);
});

const content = (port: number, name: string) => ({
  kind: "Service",
  metadata: { name },
  spec: { ports: [{ port }] },
});
const judged = (...sources: [source: string, port: number, name?: string][]) =>
  duplicateObjects
    .check(stackOf(sources.map(([source, port, name = "a"]) => ({ source, content: content(port, name) }))))
    .map(({ object, problem }) => `${object.source} ${problem}`);

test("files of one folder go together; folders may be alternatives, and the same text changes nothing", () => {
  expect(judged(["k8s/a.yaml:1", 1], ["k8s/b.yaml:9", 2])).toEqual([
    "k8s/b.yaml:9 there are two of Service a in namespace default, first in k8s/a.yaml:1",
  ]);
  expect(judged(["dev/a.yaml:1", 1], ["prod/a.yaml:1", 2])).toEqual([]);
  expect(judged(["k8s/a.yaml:1", 1], ["k8s/b.yaml:9", 1])).toEqual([]);
});

test("files that have several objects in common are alternatives; in one file nothing is", () => {
  const twice = (other: string): [string, number, string][] => [
    ["k8s/a.yaml:1", 1, "a"],
    ["k8s/a.yaml:9", 1, "b"],
    [`${other}:20`, 2, "a"],
    [`${other}:30`, 2, "b"],
  ];
  expect(judged(...twice("k8s/b.yaml"))).toEqual([]);
  expect(judged(...twice("k8s/a.yaml"))).toHaveLength(2);
});

test("what several files of a folder describe are alternatives", () => {
  expect(judged(["k8s/a.yaml:1", 1], ["k8s/b.yaml:1", 2], ["k8s/c.yaml:1", 3])).toEqual([]);
});
