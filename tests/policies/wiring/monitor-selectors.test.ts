import { expect, test } from "vitest";
import { monitorSelectors } from "../../../policies/wiring/monitor-selectors.ts";
import { foundBy, messagesOf } from "../world.ts";

const labels = { "app.kubernetes.io/name": "web" };
const monitor = (kind: string, spec: object) => ({
  [`${kind}/web`]: {
    apiVersion: "monitoring.coreos.com/v1",
    kind,
    metadata: { name: "web", namespace: "shop" },
    spec: { selector: { matchLabels: labels }, ...spec },
  },
});
const service = (changes: object = {}) =>
  monitor("ServiceMonitor", { endpoints: [{ port: "http" }], ...changes });
const pod = (changes: object = {}) =>
  monitor("PodMonitor", { podMetricsEndpoints: [{ port: "metrics" }], ...changes });

test("monitors of what is there are accepted", () => {
  expect(foundBy(monitorSelectors)).toEqual([]);
  expect(foundBy(monitorSelectors, { ...service(), ...pod() })).toEqual([]);
});

test("a selector that fits nothing is refused", () => {
  const selector = { matchLabels: { app: "web" } };
  expect(foundBy(monitorSelectors, service({ selector }))).toEqual(["ServiceMonitor/web spec.selector"]);
  expect(foundBy(monitorSelectors, pod({ selector }))).toEqual(["PodMonitor/web spec.selector"]);
});

test("a port that nobody calls so is refused", () => {
  const wrong = service({ endpoints: [{ port: "http" }, { port: "metrics" }] });
  expect(foundBy(monitorSelectors, wrong)).toEqual(["ServiceMonitor/web spec.endpoints[1].port"]);
  expect(messagesOf(monitorSelectors, wrong)[0]).toBe(
    "it scrapes port metrics, which nothing that it selects calls one of its ports (Service web has 80 (http)). Prometheus scrapes nothing by it, and says nothing of it. Name a port of the Service.",
  );
  expect(foundBy(monitorSelectors, pod({ podMetricsEndpoints: [{ port: "9090" }] }))).toEqual([
    "PodMonitor/web spec.podMetricsEndpoints[0].port",
  ]);
});

test.each([
  ["a namespace that the set does not have", { namespaceSelector: { matchNames: ["other"] } }],
  ["any namespace", { namespaceSelector: { any: true } }],
])("nothing is said of %s", (_, changes) => {
  expect(foundBy(monitorSelectors, service({ ...changes, selector: { matchLabels: { app: "x" } } }))).toEqual(
    [],
  );
});

test("nothing is said where a program of the namespace may make pods at run time", () => {
  const changes = pod({ selector: { matchLabels: { app: "wbe" } } });
  expect(foundBy(monitorSelectors, changes)).toEqual(["PodMonitor/web spec.selector"]);
  const makes = {
    "Role/nightly rules.0": { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["create"] },
  };
  expect(foundBy(monitorSelectors, { ...changes, ...makes })).toEqual([]);
});
