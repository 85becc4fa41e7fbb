import { expect, test } from "vitest";
import { unusedVolumes } from "../../../policies/wiring/unused-volumes.ts";
import { foundBy, messagesOf } from "../world.ts";

test("every volume is mounted", () => {
  expect(foundBy(unusedVolumes)).toEqual([]);
});

test("a volume that nobody mounts is reported, wherever it is from", () => {
  const mounts = "spec.template.spec.containers.0.volumeMounts";
  expect(foundBy(unusedVolumes, { [`Deployment/web ${mounts}.0`]: undefined })).toEqual([
    "Deployment/web spec.template.spec.volumes[0]",
  ]);
  expect(foundBy(unusedVolumes, { [`StatefulSet/store ${mounts}.0`]: undefined })).toEqual([
    "StatefulSet/store spec.volumeClaimTemplates[0]",
  ]);
  expect(messagesOf(unusedVolumes, { [`Deployment/web ${mounts}.0`]: undefined })[0]).toMatch(
    /^volume settings is mounted by no container\./,
  );
});

test("an init container is reason enough, and so is a device", () => {
  const { spec } = { spec: "Deployment/web spec.template.spec" };
  const away = { [`${spec}.containers.0.volumeMounts.2`]: undefined };
  expect(
    foundBy(unusedVolumes, { ...away, [`${spec}.initContainers.0.volumeMounts`]: [{ name: "scratch" }] }),
  ).toEqual([]);
  expect(
    foundBy(unusedVolumes, { ...away, [`${spec}.containers.0.volumeDevices`]: [{ name: "scratch" }] }),
  ).toEqual([]);
});

test("nothing is said where a mount names a volume that is not there", () => {
  const mount = "Deployment/web spec.template.spec.containers.0.volumeMounts.0.name";
  expect(foundBy(unusedVolumes, { [mount]: "setings" })).toEqual([]);
});
