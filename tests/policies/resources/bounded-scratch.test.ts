import { expect, test } from "vitest";
import { boundedScratch } from "../../../policies/resources/bounded-scratch.ts";
import { foundBy } from "../world.ts";

const size = "Deployment/web spec.template.spec.volumes.2.emptyDir";
const disk = (sort: string) =>
  `Deployment/web spec.template.spec.${sort}.0.resources.limits.ephemeral-storage`;

test("a directory on the node's disk without any bound is found", () => {
  expect(foundBy(boundedScratch)).toEqual([]);
  expect(foundBy(boundedScratch, { [size]: {}, [disk("containers")]: undefined })).toEqual([
    "Deployment/web spec.template.spec.volumes[2].emptyDir.sizeLimit",
  ]);
});

test("limits of all containers bound it too, but not of one alone; memory is bounded elsewhere", () => {
  expect(foundBy(boundedScratch, { [size]: {} })).toEqual([]);
  expect(foundBy(boundedScratch, { [size]: {}, [disk("initContainers")]: undefined })).toHaveLength(1);
  expect(foundBy(boundedScratch, { [size]: { medium: "Memory" }, [disk("containers")]: undefined })).toEqual(
    [],
  );
});
