import { expect, test } from "vitest";
import { ingressBackends } from "../../../policies/wiring/ingress-backends.ts";
import { foundBy, messagesOf } from "../world.ts";

const backend = "Ingress/web spec.rules.0.http.paths.0.backend";
const path = "spec.rules[0].http.paths[0].backend";

test("an Ingress sends to a Service that is there", () => {
  expect(foundBy(ingressBackends)).toEqual([]);
});

test.each([
  ["another Service", { [`${backend}.service.name`]: "api" }, `${path}.service.name`],
  ["another name of a port", { [`${backend}.service.port`]: { name: "https" } }, `${path}.service.port.name`],
  ["the port of the pods", { [`${backend}.service.port`]: { number: 8080 } }, `${path}.service.port.number`],
  ["an old backend", { [backend]: { serviceName: "web", servicePort: 81 } }, `${path}.servicePort`],
  [
    "a default of nobody",
    { "Ingress/web spec.defaultBackend": { service: { name: "none", port: { number: 80 } } } },
    "spec.defaultBackend.service.name",
  ],
])("%s is refused", (_, changes, found) => {
  expect(foundBy(ingressBackends, changes)).toEqual([`Ingress/web ${found}`]);
});

test("messages name what there is", () => {
  expect(messagesOf(ingressBackends, { [`${backend}.service.port`]: { number: 8080 } })).toEqual([
    "it sends to port 8080 of Service web, which has 80 (http). Callers get an error of the proxy instead of an answer. Write a port of the Service, not of its pods.",
  ]);
  expect(messagesOf(ingressBackends, { [`${backend}.service.name`]: "api" })[0]).toMatch(
    /^it sends to Service api, which is not in namespace shop\. .* Name one of its Services: web, store\.$/,
  );
});

test("routes of the Gateway API are judged too", () => {
  const route = (reference: object) => ({
    "HTTPRoute/web": {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "web", namespace: "shop" },
      spec: { rules: [{ backendRefs: [reference] }] },
    },
  });
  expect(foundBy(ingressBackends, route({ name: "web", port: 80 }))).toEqual([]);
  expect(foundBy(ingressBackends, route({ name: "web", port: 8080 }))).toEqual([
    "HTTPRoute/web spec.rules[0].backendRefs[0].port",
  ]);
  expect(foundBy(ingressBackends, route({ name: "wbe", port: 80 }))).toEqual([
    "HTTPRoute/web spec.rules[0].backendRefs[0].name",
  ]);
  expect(foundBy(ingressBackends, route({ name: "wbe", port: 80, namespace: "other" }))).toEqual([]);
  expect(foundBy(ingressBackends, route({ name: "web", port: 80, namespace: "other" }))).toEqual([
    "HTTPRoute/web spec.rules[0].backendRefs[0].name",
  ]);
  expect(foundBy(ingressBackends, route({ name: "wbe", kind: "Bucket", group: "example.org" }))).toEqual([]);
});

test("an Ingress in another namespace than its Service is refused", () => {
  const apart = { "Ingress/web metadata.namespace": "other" };
  expect(foundBy(ingressBackends, apart)).toEqual([`Ingress/web ${path}.service.name`]);
  expect(messagesOf(ingressBackends, apart)[0]).toMatch(
    /which is not in namespace other; Service web is in namespace shop\. .* Put both into one namespace\.$/,
  );
});

test.each([
  [
    "a Service that is a name for another host",
    { "Service/web spec": { type: "ExternalName", externalName: "shop.example.com" } },
  ],
  [
    "a namespace whose Services are not in the set",
    { "Ingress/web metadata.namespace": "other", [`${backend}.service.name`]: "api" },
  ],
  [
    "an action of the load balancer",
    {
      "Ingress/web metadata.annotations": { "alb.ingress.kubernetes.io/actions.redirect": "{}" },
      [backend]: { service: { name: "redirect", port: { name: "use-annotation" } } },
    },
  ],
])("nothing is said of %s", (_, changes) => {
  expect(foundBy(ingressBackends, changes)).toEqual([]);
});

test("a Service of Knative, which has its ports elsewhere, is none without them", () => {
  const knative = {
    "Service/web apiVersion": "serving.knative.dev/v1",
    "Service/web spec": { template: {} },
  };
  expect(foundBy(ingressBackends, knative)).toEqual([]);
});
