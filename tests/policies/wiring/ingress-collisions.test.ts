import { expect, test } from "vitest";
import { ingressCollisions } from "../../../policies/wiring/ingress-collisions.ts";
import { foundBy, messagesOf, objectsWith } from "../world.ts";

const web = objectsWith().find(({ kind }) => kind === "Ingress") as { spec: object };
const second = (namespace = "shop") => ({
  "Ingress/late": { ...web, metadata: { name: "late", namespace } },
});
const found = ["Ingress/late spec.rules[0].http.paths[0].path"];
const rule = "Ingress/late spec.rules.0";

test("each path of a host is in one Ingress", () => {
  expect(foundBy(ingressCollisions)).toEqual([]);
});

test("a path that another Ingress has, in whatever namespace, or the same one twice", () => {
  expect(foundBy(ingressCollisions, second())).toEqual(found);
  expect(foundBy(ingressCollisions, second("other"))).toEqual(found);
  expect(foundBy(ingressCollisions, { ...second(), [`${rule}.host`]: "SHOP.example.com" })).toEqual(found);
  expect(messagesOf(ingressCollisions, second())).toEqual([
    "it answers to shop.example.com/, as Ingress web of namespace shop does. Which of them answers is the controller's choice, and may change with any update of either. Give each another path or host, or write one rule for both.",
  ]);
  const twice = { "Ingress/web spec.rules.1": (web.spec as { rules: unknown[] }).rules[0] };
  expect(foundBy(ingressCollisions, twice)).toEqual(["Ingress/web spec.rules[1].http.paths[0].path"]);
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
  ["the same name: it is the same object", { "Ingress/late metadata.name": "web" }],
])("an Ingress beside it may be for %s", (_, changes) => {
  expect(foundBy(ingressCollisions, { ...second(), ...changes })).toEqual([]);
});
