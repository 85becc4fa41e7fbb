import { expect, test } from "vitest";
import { ingressClass } from "../../../policies/exposure/ingress-class.ts";
import { foundBy } from "../world.ts";

const none = { "Ingress/web spec.ingressClassName": undefined };

test("an Ingress names its class, in the field or by the annotation of old", () => {
  expect(foundBy(ingressClass)).toEqual([]);
  expect(foundBy(ingressClass, none)).toEqual(["Ingress/web spec.ingressClassName"]);
  const annotated = {
    ...none,
    "Ingress/web metadata.annotations": { "kubernetes.io/ingress.class": "traefik" },
  };
  expect(foundBy(ingressClass, annotated)).toEqual([]);
});
