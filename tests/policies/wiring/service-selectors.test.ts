import { expect, test } from "vitest";
import { serviceSelectors } from "../../../policies/wiring/service-selectors.ts";
import { foundBy, messagesOf } from "../world.ts";

test("a Service selects pods", () => {
  expect(foundBy(serviceSelectors)).toEqual([]);
});

test("a Service that selects nobody is refused, and told why", () => {
  const wrong = { "Service/web spec.selector": { app: "wbe" } };
  expect(foundBy(serviceSelectors, wrong)).toEqual(["Service/web spec.selector"]);
  expect(messagesOf(serviceSelectors, wrong)).toEqual([
    "it selects app=wbe, which no pod of namespace shop has. It has no endpoints, and refuses every connection. Select by labels of the pods' template.",
  ]);
});

test("pods of another namespace do not count", () => {
  expect(foundBy(serviceSelectors, { "Deployment/web metadata.namespace": "other" })).toEqual([
    "Service/web spec.selector",
  ]);
});

test("a Service in another namespace than its pods is refused, though none of its own are in the set", () => {
  const apart = { "Service/web metadata.namespace": "other" };
  expect(foundBy(serviceSelectors, apart)).toEqual(["Service/web spec.selector"]);
  expect(messagesOf(serviceSelectors, apart)[0]).toMatch(
    /which no pod of namespace other has; Deployment web is in namespace shop\. .* Put both into one namespace\.$/,
  );
});

test.each([
  ["has no selector", { "Service/web spec.selector": undefined }],
  ["is a name for another host", { "Service/web spec": { type: "ExternalName", selector: { a: "b" } } }],
  [
    "is of a namespace whose pods are not in the set",
    { "Service/web metadata.namespace": "other", "Service/web spec.selector": { app: "wbe" } },
  ],
  ["goes wherever it is applied", { "Service/web metadata.namespace": undefined }],
  [
    "is of pods that go wherever they are applied",
    {
      "Service/web metadata.namespace": "other",
      "Deployment/web metadata.namespace": undefined,
    },
  ],
  [
    "is of one pod of a StatefulSet",
    { "Service/store spec.selector": { "statefulset.kubernetes.io/pod-name": "store-0" } },
  ],
  [
    "is of pods that an operator makes",
    {
      "Service/web spec.selector": { "example.org/cluster": "db" },
      "Cluster/db": {
        apiVersion: "db.example.org/v1",
        kind: "Cluster",
        metadata: { name: "db", namespace: "shop" },
      },
    },
  ],
])("nothing is said where a Service %s", (_, changes) => {
  expect(foundBy(serviceSelectors, changes)).toEqual([]);
});

test("a monitor of the same name is no operator's", () => {
  const monitor = { apiVersion: "monitoring.coreos.com/v1", kind: "ServiceMonitor" };
  expect(
    foundBy(serviceSelectors, {
      "Service/web spec.selector": { app: "web" },
      "ServiceMonitor/web": { ...monitor, metadata: { name: "web", namespace: "shop" } },
    }),
  ).toEqual(["Service/web spec.selector"]);
});

test("nothing is said where a program of the namespace may make pods at run time", () => {
  const changes = { "Service/web spec.selector": { app: "wbe" } };
  expect(foundBy(serviceSelectors, changes)).toEqual(["Service/web spec.selector"]);
  const makes = {
    "Role/nightly rules.0": { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["create"] },
  };
  expect(foundBy(serviceSelectors, { ...changes, ...makes })).toEqual([]);
});

test.each([
  ["KafkaTopic", "web", "web", ["Service/web spec.selector"]],
  ["Cluster", "web", "shop-web-1", []],
  ["Cluster", "we", "web", ["Service/web spec.selector"]],
])("a %s called %s is looked for in %s, by whole words", (kind, name, word, found) => {
  const resource = { apiVersion: "example.org/v1", kind, metadata: { name, namespace: "shop" } };
  expect(
    foundBy(serviceSelectors, { "Service/web spec.selector": { app: word }, [`${kind}/${name}`]: resource }),
  ).toEqual(found);
});
