import { expect, test } from "vitest";
import { ingressPaths } from "../../../policies/validity/ingress-paths.ts";
import { foundBy } from "../world.ts";

const path = "Ingress/web spec.rules.0.http.paths.0";
const found = (field: string) => [`Ingress/web spec.rules[0].http.paths[0].${field}`];

test("a path has a type that there is", () => {
  expect(foundBy(ingressPaths, { [`${path}.pathType`]: undefined })).toEqual(found("pathType"));
  expect(foundBy(ingressPaths, { [`${path}.pathType`]: "prefix" })).toEqual(found("pathType"));
  expect(foundBy(ingressPaths, { [`${path}.pathType`]: "Exact" })).toEqual([]);
});

test("a path begins with a slash, and only ImplementationSpecific does without one", () => {
  expect(foundBy(ingressPaths, { [`${path}.path`]: "shop" })).toEqual(found("path"));
  expect(foundBy(ingressPaths, { [`${path}.path`]: undefined })).toEqual(found("path"));
  const own = { [`${path}.pathType`]: "ImplementationSpecific" };
  expect(foundBy(ingressPaths, { ...own, [`${path}.path`]: undefined })).toEqual([]);
  expect(foundBy(ingressPaths, { ...own, [`${path}.path`]: "" })).toEqual([]);
  expect(foundBy(ingressPaths, { ...own, [`${path}.path`]: "shop" })).toEqual(found("path"));
});

test("removed versions had no types", () => {
  expect(
    foundBy(ingressPaths, {
      "Ingress/web apiVersion": "extensions/v1beta1",
      [`${path}.pathType`]: undefined,
    }),
  ).toEqual([]);
});
