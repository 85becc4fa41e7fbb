import { expect, test } from "vitest";
import { placesAt } from "../../../policies/objects/places.ts";
import { readDocuments } from "../../../policies/runner/documents.ts";

const placesIn = (text: string, path: string) => {
  const [found] = readDocuments("a.yaml", `apiVersion: v1\nkind: ConfigMap\n${text}`).objects;
  return placesAt({ path: "", value: found?.content }, path);
};

test("entries of lists and members of mappings are found with their paths", () => {
  expect(placesIn("a:\n- b: 1\n- c: 2\n- b: 3", "a[].b")).toEqual([
    { path: "a[0].b", value: 1 },
    { path: "a[2].b", value: 3 },
  ]);
  expect(placesIn("data: { x.y: a, z: 1 }", "data.*")).toEqual([
    { path: 'data["x.y"]', value: "a" },
    { path: "data.z", value: 1 },
  ]);
});

test("what is not there, nothing, or of another shape has no place", () => {
  expect(placesIn("a: { b: 1 }\nc: ~", "a[].b")).toEqual([]);
  expect(placesIn("a: text", "a.b")).toEqual([]);
  expect(placesIn("c: ~", "c")).toEqual([]);
});

test.each(['"$(A)"', "$A", "{{ .Values.a }}", "'{{ a }}'", "<name>", "'%[1]s'", "x-$A"])(
  "the template %s has none",
  (written) => {
    expect(placesIn(`a: ${written}`, "a")).toEqual([]);
  },
);

test.each(["a{b", '{ "auths": {} }', "5", "a$"])("%s is none", (written) => {
  expect(placesIn(`a: ${written}`, "a")).toHaveLength(1);
});
