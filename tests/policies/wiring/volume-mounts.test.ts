import { expect, test } from "vitest";
import { volumeMounts } from "../../../policies/wiring/volume-mounts.ts";
import { foundBy, messagesOf } from "../world.ts";

const mounts = "Deployment/web spec.template.spec.containers.0.volumeMounts";

test("containers mount what their pods have", () => {
  expect(foundBy(volumeMounts)).toEqual([]);
});

test("a mount without its volume is refused", () => {
  const wrong = { [`${mounts}.0.name`]: "config" };
  expect(foundBy(volumeMounts, wrong)).toEqual([
    "Deployment/web spec.template.spec.containers[0].volumeMounts[0].name",
  ]);
  expect(messagesOf(volumeMounts, wrong)).toEqual([
    "container web mounts volume config, and the pod has settings, store, scratch. The API server refuses the pods. Add the volume to the pod, or name one that it has.",
  ]);
});

test("init containers, jobs and devices are judged too", () => {
  const init = "Deployment/web spec.template.spec.initContainers.0.volumeMounts";
  expect(foundBy(volumeMounts, { [init]: [{ name: "none", mountPath: "/x" }] })).toEqual([
    "Deployment/web spec.template.spec.initContainers[0].volumeMounts[0].name",
  ]);
  const job = "spec.jobTemplate.spec.template.spec.containers";
  expect(
    foundBy(volumeMounts, {
      [`CronJob/nightly ${job}.0.volumeDevices`]: [{ name: "disk", devicePath: "/dev/x" }],
    }),
  ).toEqual([`CronJob/nightly ${job}[0].volumeDevices[0].name`]);
});

test("a place that is taken is refused", () => {
  expect(foundBy(volumeMounts, { [`${mounts}.2.mountPath`]: "/etc/web" })).toEqual([
    "Deployment/web spec.template.spec.containers[0].volumeMounts[2].mountPath",
  ]);
});

test("a claim's template is a volume", () => {
  expect(foundBy(volumeMounts, { "StatefulSet/store spec.volumeClaimTemplates": undefined })).toEqual([
    "StatefulSet/store spec.template.spec.containers[0].volumeMounts[0].name",
  ]);
});
