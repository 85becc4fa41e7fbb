import { expect, test } from "vitest";
import { servicePorts } from "../../../policies/validity/service-ports.ts";
import { foundBy, messagesOf } from "../world.ts";

const ports = "Service/web spec.ports";

test("one port needs no name, several do", () => {
  expect(foundBy(servicePorts, { [ports]: [{ port: 80 }] })).toEqual([]);
  expect(foundBy(servicePorts, { [ports]: [{ port: 80 }, { port: 90, name: "" }] })).toEqual([
    "Service/web spec.ports[0].name",
    "Service/web spec.ports[1].name",
  ]);
  expect(messagesOf(servicePorts, { [ports]: [{ port: 80, name: "http" }, { port: 90 }] })).toEqual([
    "port 90 has no name, among 2 ports. The API server refuses the object. Write one, such as http.",
  ]);
});

test("each name and each number is there once", () => {
  const both = (second: object) => ({ [ports]: [{ name: "dns", port: 53 }, second] });
  expect(foundBy(servicePorts, both({ name: "dns", port: 54 }))).toEqual(["Service/web spec.ports[1].name"]);
  expect(foundBy(servicePorts, both({ name: "other", port: 53 }))).toEqual([
    "Service/web spec.ports[1].port",
  ]);
  expect(foundBy(servicePorts, both({ name: "dns-udp", port: 53, protocol: "UDP" }))).toEqual([]);
});

test("a Service has a port, unless it is headless or stands for a name", () => {
  expect(foundBy(servicePorts, { [ports]: [] })).toEqual([ports]);
  expect(foundBy(servicePorts, { [ports]: undefined })).toEqual([ports]);
  expect(foundBy(servicePorts, { [ports]: [], "Service/web spec.clusterIP": "None" })).toEqual([]);
  expect(foundBy(servicePorts, { [ports]: [], "Service/web spec.type": "ExternalName" })).toEqual([]);
  expect(foundBy(servicePorts, { "Service/web spec": { type: "NodePort" } })).toEqual([]);
});
