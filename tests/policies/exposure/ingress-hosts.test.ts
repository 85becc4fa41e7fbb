import { expect, test } from "vitest";
import { ingressHosts } from "../../../policies/exposure/ingress-hosts.ts";
import { foundBy, messagesOf } from "../world.ts";

test("rules are for hosts", () => {
  expect(foundBy(ingressHosts)).toEqual([]);
  expect(foundBy(ingressHosts, { "Ingress/web spec.rules.0.host": "*.example.com" })).toEqual([]);
});

test.each([undefined, "", "*"])("host %j is every host", (host) => {
  expect(foundBy(ingressHosts, { "Ingress/web spec.rules.0.host": host })).toEqual([
    "Ingress/web spec.rules[0].host",
  ]);
});

test("a default backend alone", () => {
  const changes = {
    "Ingress/web spec.rules": undefined,
    "Ingress/web spec.defaultBackend": { service: { name: "web", port: { name: "http" } } },
  };
  expect(foundBy(ingressHosts, changes)).toEqual(["Ingress/web spec.rules"]);
  expect(messagesOf(ingressHosts, changes)[0]).toMatch(
    /^the Ingress has a default backend alone, for every host\. /,
  );
});

test("an Ingress without rules and backend is for nobody", () => {
  expect(foundBy(ingressHosts, { "Ingress/web spec.rules": undefined })).toEqual([]);
});
