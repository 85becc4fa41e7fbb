import { expect, test } from "vitest";
import { ingressCollisions } from "../../../policies/wiring/ingress-collisions.ts";
import { foundBy, messagesOf, objectsWith } from "../world.ts";

const web = objectsWith().find(({ kind }) => kind === "Ingress") as { spec: object };
const backend = { service: { name: "store", port: { number: 7000 } } };
const second = (namespace = "shop") => ({
  "Ingress/late": { ...web, metadata: { name: "late", namespace } },
  "Ingress/late spec.rules.0.http.paths.0.backend": backend,
});
const found = ["Ingress/late spec.rules[0].http.paths[0].path"];
const rule = "Ingress/late spec.rules.0";

test("each path of a host leads to one Service", () => {
  expect(foundBy(ingressCollisions)).toEqual([]);
});

test("a path that another Ingress sends elsewhere, in whatever namespace, or the same one twice", () => {
  expect(foundBy(ingressCollisions, second())).toEqual(found);
  expect(foundBy(ingressCollisions, second("other"))).toEqual(found);
  expect(foundBy(ingressCollisions, { ...second(), [`${rule}.host`]: "SHOP.example.com" })).toEqual(found);
  expect(messagesOf(ingressCollisions, second())).toEqual([
    "it sends shop.example.com/ to another backend than Ingress web of namespace shop. Which of them answers is the controller's choice, and may change with any update of either. Give each a path or host of its own.",
  ]);
  const twice = {
    "Ingress/web spec.rules.1": (web.spec as { rules: unknown[] }).rules[0],
    "Ingress/web spec.rules.1.http.paths.0.backend": backend,
  };
  expect(foundBy(ingressCollisions, twice)).toEqual(["Ingress/web spec.rules[1].http.paths[0].path"]);
});

test("a Service of that name in another namespace is another one", () => {
  const same = { service: { name: "web", port: { name: "http" } } };
  expect(foundBy(ingressCollisions, { ...second("other"), [`${rule}.http.paths.0.backend`]: same })).toEqual(
    found,
  );
});

test.each([
  ["another host", { [`${rule}.host`]: "api.example.com" }],
  ["another path", { [`${rule}.http.paths.0.path`]: "/api" }],
  ["another type of the path", { [`${rule}.http.paths.0.pathType`]: "Exact" }],
  ["no host", { [`${rule}.host`]: undefined }],
  ["another controller", { "Ingress/late spec.ingressClassName": "internal" }],
  [
    "a part of the requests",
    { "Ingress/late metadata.annotations": { "nginx.ingress.kubernetes.io/canary": "true" } },
  ],
  [
    "a priority",
    { "Ingress/late metadata.annotations": { "traefik.ingress.kubernetes.io/router.priority": "7" } },
  ],
  [
    "the same Service",
    { [`${rule}.http.paths.0.backend`]: { service: { name: "web", port: { name: "http" } } } },
  ],
  ["the same name: it is the same object", { "Ingress/late metadata.name": "web" }],
])("an Ingress beside it may be for %s", (_, changes) => {
  expect(foundBy(ingressCollisions, { ...second(), ...changes })).toEqual([]);
});
