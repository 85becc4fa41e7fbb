import { expect, test } from "vitest";
import { edgeTls } from "../../../policies/exposure/edge-tls.ts";
import { foundBy, messagesOf } from "../world.ts";

const tls = (...hosts: string[]) => ({ "Ingress/web spec.tls": [{ hosts, secretName: "web-certificate" }] });

test("the entrance has TLS", () => {
  expect(foundBy(edgeTls)).toEqual([]);
});

test("an Ingress without it", () => {
  expect(foundBy(edgeTls, { "Ingress/web spec.tls": undefined })).toEqual(["Ingress/web spec.tls"]);
  expect(foundBy(edgeTls, { "Ingress/web spec.tls": [] })).toEqual(["Ingress/web spec.tls"]);
});

test("a host that no entry has", () => {
  expect(foundBy(edgeTls, tls("www.example.com"))).toEqual(["Ingress/web spec.rules[0].host"]);
  expect(foundBy(edgeTls, tls("*.shop.example.com"))).toEqual(["Ingress/web spec.rules[0].host"]);
  expect(foundBy(edgeTls, tls("*.com"))).toEqual(["Ingress/web spec.rules[0].host"]);
  expect(messagesOf(edgeTls, tls("www.example.com"))[0]).toMatch(
    /^host shop\.example\.com is in no entry of tls \(www\.example\.com\)\. .* Add it to the hosts /,
  );
});

test.each([
  tls("*.example.com"),
  tls("Shop.Example.com"),
  { "Ingress/web spec.tls": [{ secretName: "web-certificate" }] },
  {
    "Ingress/web spec.tls": undefined,
    "Ingress/web metadata.annotations": { "alb.ingress.kubernetes.io/certificate-arn": "arn" },
  },
  {
    "Ingress/web spec.tls": undefined,
    "Ingress/web metadata.annotations": { "networking.gke.io/managed-certificates": "web" },
  },
  {
    "Ingress/web spec.tls": undefined,
    "Ingress/web metadata.annotations": { "traefik.ingress.kubernetes.io/router.tls": "true" },
  },
  {
    "Ingress/web spec.tls": undefined,
    "Ingress/web spec.rules.0.http.paths.0.path": "/.well-known/acme-challenge/x",
  },
])("%j is fine", (changes) => {
  expect(foundBy(edgeTls, changes)).toEqual([]);
});

test.each([
  ["nginx.ingress.kubernetes.io/ssl-redirect", "false", "true"],
  ["haproxy.org/ssl-redirect", "false", "true"],
  ["kubernetes.io/ingress.allow-http", "true", "false"],
])("%s: %s lets requests without TLS through", (key, plain, redirected) => {
  const set = (annotations: object, changes = {}) => ({
    "Ingress/web metadata.annotations": annotations,
    ...changes,
  });
  const found = [`Ingress/web metadata.annotations["${key}"]`];
  expect(foundBy(edgeTls, set({ [key]: plain }))).toEqual(found);
  const everyHost = { "Ingress/web spec.tls": [{ secretName: "web-certificate" }] };
  expect(foundBy(edgeTls, set({ [key]: plain }, everyHost))).toEqual(found);
  expect(foundBy(edgeTls, set({ [key]: redirected }))).toEqual([]);
  const forced = { [key]: plain, "nginx.ingress.kubernetes.io/force-ssl-redirect": "true" };
  expect(foundBy(edgeTls, set(forced))).toEqual([]);
  // Without TLS at all, that is what is said.
  expect(foundBy(edgeTls, set({ [key]: plain }, { "Ingress/web spec.tls": undefined }))).toEqual([
    "Ingress/web spec.tls",
  ]);
});

const gateway = (spec: object) => ({
  "Gateway/edge": {
    apiVersion: "gateway.networking.k8s.io/v1",
    kind: "Gateway",
    metadata: { name: "edge" },
    spec,
  },
});
const http = { name: "http", port: 80, protocol: "HTTP" };

test("Gateways of both sorts", () => {
  expect(foundBy(edgeTls, gateway({ listeners: [http] }))).toEqual([
    "Gateway/edge spec.listeners[0].protocol",
  ]);
  expect(foundBy(edgeTls, gateway({ servers: [{ port: http }] }))).toEqual([
    "Gateway/edge spec.servers[0].port.protocol",
  ]);
  expect(foundBy(edgeTls, gateway({ listeners: [http, { protocol: "HTTPS" }] }))).toEqual([]);
  expect(foundBy(edgeTls, gateway({ servers: [{ port: http, tls: { httpsRedirect: true } }] }))).toEqual([]);
});

test("one of several hosts and entries is enough", () => {
  expect(foundBy(edgeTls, tls("www.example.com", "shop.example.com"))).toEqual([]);
  const entries = [{ hosts: ["www.example.com"] }, { secretName: "web-certificate" }];
  expect(foundBy(edgeTls, { "Ingress/web spec.tls": entries })).toEqual([]);
});
