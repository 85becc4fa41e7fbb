import { expect, test } from "vitest";
import { readOnlyRoot } from "../../../policies/pods/read-only-root.ts";
import { foundBy } from "../world.ts";

test.each(["containers", "initContainers"])("a writable root in %s is found", (sort) => {
  expect(foundBy(readOnlyRoot)).toEqual([]);
  for (const value of [undefined, false, "true"])
    expect(
      foundBy(readOnlyRoot, {
        [`Deployment/web spec.template.spec.${sort}.0.securityContext.readOnlyRootFilesystem`]: value,
      }),
    ).toEqual([`Deployment/web spec.template.spec.${sort}[0].securityContext.readOnlyRootFilesystem`]);
});

test("pods for Windows, which has no such setting, are left alone", () => {
  const context = "Deployment/web spec.template.spec.containers.0.securityContext";
  expect(
    foundBy(readOnlyRoot, { [context]: {}, "Deployment/web spec.template.spec.os": { name: "windows" } }),
  ).toEqual([]);
});
