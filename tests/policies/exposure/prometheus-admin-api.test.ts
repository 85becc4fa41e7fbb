import { expect, test } from "vitest";
import { prometheusAdminApi } from "../../../policies/exposure/prometheus-admin-api.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "Deployment/web spec.template.spec.containers.0";
const prometheus = (...args: string[]) => ({
  [`${container}.image`]: "prom/prometheus:v3.7.0",
  [`${container}.args`]: args,
});
const flag = "--web.enable-admin-api";

test("the admin API is closed", () => {
  expect(foundBy(prometheusAdminApi)).toEqual([]);
  expect(foundBy(prometheusAdminApi, prometheus("--web.enable-lifecycle"))).toEqual([]);
});

test("by an option, and in the operator's resource", () => {
  const changes = prometheus("--log.level=info", flag);
  expect(foundBy(prometheusAdminApi, changes)).toEqual([
    "Deployment/web spec.template.spec.containers[0].args[1]",
  ]);
  expect(messagesOf(prometheusAdminApi, changes)[0]).toMatch(
    /^container web opens the admin API \(--web\.enable-admin-api\)\. /,
  );
  const resource = (spec: object) => ({
    "Prometheus/k8s": {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "Prometheus",
      metadata: { name: "k8s" },
      spec,
    },
  });
  expect(foundBy(prometheusAdminApi, resource({ enableAdminAPI: true }))).toEqual([
    "Prometheus/k8s spec.enableAdminAPI",
  ]);
  expect(foundBy(prometheusAdminApi, resource({ enableAdminAPI: false }))).toEqual([]);
});

test.each([
  prometheus(`${flag}=false`),
  prometheus(flag, "--web.config.file=/etc/prometheus/web.yaml"),
  { ...prometheus(flag), [`${container}.image`]: "registry.example/web:1.4.2" },
])("%j is fine", (changes) => {
  expect(foundBy(prometheusAdminApi, changes)).toEqual([]);
});
