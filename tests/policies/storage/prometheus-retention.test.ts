import { expect, test } from "vitest";
import { prometheusRetention } from "../../../policies/storage/prometheus-retention.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "StatefulSet/store spec.template.spec.containers.0";
const prometheus = (...args: string[]) => ({
  [`${container}.image`]: "prom/prometheus:v3.7.0",
  [`${container}.args`]: ["--storage.tsdb.retention.time=200h", ...args],
});
const found = ["StatefulSet/store spec.template.spec.containers[0].args"];

test("nothing is bounded by time alone", () => {
  expect(foundBy(prometheusRetention)).toEqual([]);
});

test("no size, or one that the volume has not", () => {
  expect(foundBy(prometheusRetention, prometheus())).toEqual(found);
  expect(foundBy(prometheusRetention, prometheus("--storage.tsdb.retention.size=1GB"))).toEqual(found);
  expect(messagesOf(prometheusRetention, prometheus("--storage.tsdb.retention.size=2GB"))[0]).toMatch(
    /^container store keeps 2GB on a volume of 1 GiB\. /,
  );
});

test("options that are the command, and a claim beside the workload", () => {
  const command = {
    [`${container}.args`]: undefined,
    [`${container}.command`]: ["prometheus", "--log.level=info"],
  };
  expect(foundBy(prometheusRetention, { ...prometheus(), ...command })).toEqual([
    "StatefulSet/store spec.template.spec.containers[0].command",
  ]);
  const claim = {
    "StatefulSet/store spec.volumeClaimTemplates": [],
    "StatefulSet/store spec.template.spec.volumes.1": {
      name: "data",
      persistentVolumeClaim: { claimName: "data" },
    },
  };
  expect(foundBy(prometheusRetention, { ...prometheus(), ...claim })).toEqual(found);
});

test("the operator's resource", () => {
  const spec = { storage: { volumeClaimTemplate: { spec: {} } } };
  const resource = {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "Prometheus",
    metadata: { name: "k8s" },
    spec,
  };
  expect(foundBy(prometheusRetention, { "Prometheus/k8s": resource })).toEqual([
    "Prometheus/k8s spec.retentionSize",
  ]);
  const bounded = { ...resource, spec: { ...spec, retentionSize: "8GB" } };
  expect(foundBy(prometheusRetention, { "Prometheus/k8s": bounded })).toEqual([]);
});

test.each([
  prometheus("--storage.tsdb.retention.size=800MB"),
  prometheus("--storage.tsdb.retention.size", "800MB"),
  prometheus("--agent"),
  prometheus("--storage.tsdb.retention.size=many"),
  { ...prometheus(), [`${container}.volumeMounts`]: [{ name: "login", mountPath: "/etc/prometheus" }] },
])("%j is fine", (changes) => {
  expect(foundBy(prometheusRetention, changes)).toEqual([]);
});

test("the size of a claim of the set counts", () => {
  const claim = (storage: string) => ({
    ...prometheus("--storage.tsdb.retention.size=8GB"),
    "StatefulSet/store spec.volumeClaimTemplates": [],
    "StatefulSet/store spec.template.spec.volumes.1": {
      name: "data",
      persistentVolumeClaim: { claimName: "films" },
    },
    "PersistentVolumeClaim/films": {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: { name: "films", namespace: "shop" },
      spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage } } },
    },
  });
  expect(foundBy(prometheusRetention, claim("10Gi"))).toEqual([]);
  expect(foundBy(prometheusRetention, claim("5Gi"))).toEqual(found);
});
