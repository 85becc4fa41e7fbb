import { expect, test } from "vitest";
import { sharedClaims } from "../../../policies/storage/shared-claims.ts";
import { foundBy, messagesOf } from "../world.ts";

const claim = (...accessModes: string[]) => ({
  "PersistentVolumeClaim/films": {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "films", namespace: "shop" },
    spec: { accessModes, resources: { requests: { storage: "1Gi" } } },
  },
});
const volumes = [{ name: "films", persistentVolumeClaim: { claimName: "films" } }];
const inWeb = { "Deployment/web spec.template.spec.volumes": volumes };
const found = "Deployment/web spec.template.spec.volumes[0].persistentVolumeClaim.claimName";

test("nothing is shared", () => {
  expect(foundBy(sharedClaims)).toEqual([]);
});

test("an autoscaler's maximum counts", () => {
  const changes = { ...claim("ReadWriteOnce"), ...inWeb };
  expect(foundBy(sharedClaims, changes)).toEqual([found]);
  expect(messagesOf(sharedClaims, changes)[0]).toMatch(
    /^claim films can be used on one node at a time, but up to 6 pods use it\. .* Give each pod its own /,
  );
  const one = { ...changes, "HorizontalPodAutoscaler/web": undefined };
  expect(foundBy(sharedClaims, one)).toEqual([]);
  expect(foundBy(sharedClaims, { ...one, "Deployment/web spec.replicas": 2 })).toEqual([found]);
});

test("several workloads, and a pod of each node", () => {
  const nightly = { "CronJob/nightly spec.jobTemplate.spec.template.spec.volumes": volumes };
  const changes = {
    ...claim("ReadWriteOncePod"),
    ...inWeb,
    ...nightly,
    "HorizontalPodAutoscaler/web": undefined,
  };
  expect(foundBy(sharedClaims, changes)).toEqual([
    found,
    "CronJob/nightly spec.jobTemplate.spec.template.spec.volumes[0].persistentVolumeClaim.claimName",
  ]);
  expect(messagesOf(sharedClaims, changes)[0]).toContain("but CronJob nightly uses it, too. ");
  const daemons = { ...claim("ReadWriteOnce"), ...inWeb, "Deployment/web kind": "DaemonSet" };
  expect(messagesOf(sharedClaims, daemons)[0]).toContain("but a pod of each node uses it. ");
});

test("claims that several nodes may use, and claims of elsewhere, are fine", () => {
  expect(foundBy(sharedClaims, { ...claim("ReadWriteMany"), ...inWeb })).toEqual([]);
  expect(foundBy(sharedClaims, { ...claim("ReadWriteOnce", "ReadWriteMany"), ...inWeb })).toEqual([]);
  expect(foundBy(sharedClaims, inWeb)).toEqual([]);
  expect(foundBy(sharedClaims, { "StatefulSet/store spec.replicas": 3 })).toEqual([]);
});

test("two workloads of one kind", () => {
  const other = (name: string) => ({
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name, namespace: "shop" },
    spec: { template: { metadata: { labels: { job: name } }, spec: { volumes, containers: [] } } },
  });
  const two = { ...claim("ReadWriteOnce"), "Job/a": other("a"), "Job/b": other("b") };
  const path = "spec.template.spec.volumes[0].persistentVolumeClaim.claimName";
  expect(foundBy(sharedClaims, two)).toEqual([`Job/a ${path}`, `Job/b ${path}`]);
  expect(foundBy(sharedClaims, { ...claim("ReadWriteOnce"), "Job/a": other("a") })).toEqual([]);
  expect(foundBy(sharedClaims, { ...two, "Job/b spec.parallelism": 3, "Job/a": undefined })).toEqual([
    `Job/b ${path}`,
  ]);
});
