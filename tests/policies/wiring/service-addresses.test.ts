import { expect, test } from "vitest";
import { serviceAddresses } from "../../../policies/wiring/service-addresses.ts";
import { foundBy, messagesOf } from "../world.ts";

const env = "Deployment/web spec.template.spec.containers.0.env";
const found = ["Deployment/web spec.template.spec.containers[0].env[0].value"];
const variable = (name: string, value: string) => ({ [env]: [{ name, value }] });

test("the world's addresses answer", () => {
  expect(foundBy(serviceAddresses)).toEqual([]);
});

test.each([
  ["WEB_ADDR", "web:80"],
  ["WEB_URL", "http://web/path"],
  ["STORE", "postgresql://user@store.shop.svc.cluster.local:7000/shop"],
  ["STORE_ADDRESS", "store-0.store.shop.svc:7000"],
  ["STORE_HOST", "store"],
  ["UPSTREAMS", "web:80,store:7000"],
])("%s may be %s", (name, value) => {
  expect(foundBy(serviceAddresses, variable(name, value))).toEqual([]);
});

test.each([
  ["WEB_ADDR", "web:8080"],
  ["WEB", "http://web:8080/path"],
  ["WEB_URL", "jdbc:postgresql://store.shop.svc.cluster.local:5432/shop"],
  ["WEB_URL", "http://wbe.shop.svc.cluster.local"],
  ["UPSTREAMS", "web:80,store:80"],
])("%s of %s is refused", (name, value) => {
  expect(foundBy(serviceAddresses, variable(name, value))).toEqual(found);
});

test("messages name the ports, and never the whole value", () => {
  expect(messagesOf(serviceAddresses, variable("WEB_URL", "http://me:hidden@web:8080"))).toEqual([
    "variable WEB_URL of container web is told port 8080 of Service web, which has 80 (http). The program cannot connect. Write a port of the Service.",
  ]);
});

test("a host and its port may stand side by side", () => {
  const both = (port: string) => ({
    [env]: [
      { name: "STORE_HOST", value: "store" },
      { name: "STORE_PORT", value: port },
    ],
  });
  expect(foundBy(serviceAddresses, both("7000"))).toEqual([]);
  expect(foundBy(serviceAddresses, both("5432"))).toEqual(found);
});

test("ConfigMaps are judged too, and the URLs in their files", () => {
  const data = "ConfigMap/web-settings data";
  expect(foundBy(serviceAddresses, { [`${data}.WEB_HOST`]: "web:81" })).toEqual([
    "ConfigMap/web-settings data.WEB_HOST",
  ]);
  expect(foundBy(serviceAddresses, { [`${data}.web~yaml`]: "a: 1\nurl: http://web:81/x\n" })).toEqual([
    'ConfigMap/web-settings data["web.yaml"]',
  ]);
});

test("a workload's name is no address without a Service", () => {
  expect(foundBy(serviceAddresses, { ...variable("WEB_ADDR", "web:80"), "Service/web": undefined })).toEqual(
    found,
  );
});

test("the pods of a headless Service answer at all of their ports", () => {
  const other = { "StatefulSet/store spec.template.spec.containers.0.ports.1": { containerPort: 7001 } };
  expect(foundBy(serviceAddresses, { ...variable("STORE_ADDR", "store:7001"), ...other })).toEqual([]);
});

test.each([
  ["a host of another network", variable("API_HOST", "api.example.com:8443")],
  ["a short name that nothing is called by", variable("LEGACY_HOST", "mainframe:23")],
  ["a namespace that is not in the set", variable("WEB_URL", "http://web.other.svc:1234")],
  ["what is no address", variable("MODE", "web:8080")],
])("nothing is said of %s", (_, changes) => {
  expect(foundBy(serviceAddresses, changes)).toEqual([]);
});

test.each([
  ["http://orders.shop.svc.cluster.local", []],
  ["http://wbe/x", found],
  ["http://web-internal.shop.svc", found],
  ["http://mainframe/x", []],
  ["http://stores", found],
])("%s is a mistake only where a Service is called nearly so", (url, expected) => {
  expect(foundBy(serviceAddresses, variable("API_URL", url))).toEqual(expected);
});

test("Services that differ in a number are no slips of each other", () => {
  const service = { kind: "Service", metadata: { name: "kafka-1", namespace: "shop" } };
  const changes = { ...variable("API_URL", "http://kafka-2/x"), "Service/kafka-1": service };
  expect(foundBy(serviceAddresses, changes)).toEqual([]);
});

test("a long text without a URL is read in no time", () => {
  const changes = { "ConfigMap/web-settings data.words": "a.".repeat(200_000) };
  expect(foundBy(serviceAddresses, changes)).toEqual([]);
});
