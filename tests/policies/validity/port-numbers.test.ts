import { describe, expect, test } from "vitest";
import { portNumbers } from "../../../policies/validity/port-numbers.ts";
import { foundBy, messagesOf } from "../world.ts";

const main = "Deployment/web spec.template.spec.containers.0";
const found = (place: string) => [place.replace(/\.(\d+)(?=\.)/g, "[$1]")];

/** Places of ports; whether a name may stand there, and whether 0 may. */
const places = [
  [`${main}.ports.0.containerPort`, false, false],
  [`${main}.ports.0.hostPort`, false, true],
  [`${main}.readinessProbe.httpGet.port`, true, false],
  [`${main}.livenessProbe.grpc.port`, false, false],
  [`${main}.lifecycle.preStop.httpGet.port`, true, false],
  ["Service/web spec.ports.0.port", false, false],
  ["Service/web spec.ports.0.targetPort", true, true],
  ["Ingress/web spec.rules.0.http.paths.0.backend.service.port.number", false, true],
  ["NetworkPolicy/web spec.ingress.0.ports.0.port", true, false],
  ["NetworkPolicy/web spec.egress.0.ports.0.endPort", false, false],
] as const;

describe.each(places)("%s", (place, isNameable, isOptional) => {
  test.each([1, 65_535, "$(PORT)"])("may be %s", (port) => {
    expect(foundBy(portNumbers, { [place]: port })).toEqual([]);
  });

  test.each([65_536, -1, 80.5, "80", true])("may not be %j", (port) => {
    expect(foundBy(portNumbers, { [place]: port })).toEqual(found(place));
  });

  test("may be a name, or 0, where that means something", () => {
    expect(foundBy(portNumbers, { [place]: "http" })).toEqual(isNameable ? [] : found(place));
    expect(foundBy(portNumbers, { [place]: 0 })).toEqual(isOptional ? [] : found(place));
  });
});

test("ports of nodes are out of a range", () => {
  const place = "Service/web spec.ports.0.nodePort";
  for (const port of [30_000, 32_767, 0]) expect(foundBy(portNumbers, { [place]: port })).toEqual([]);
  for (const port of [29_999, 32_768, 80, "30080"])
    expect(foundBy(portNumbers, { [place]: port })).toEqual(found(place));
  expect(foundBy(portNumbers, { [place]: 80 }, { nodePorts: "80-90" })).toEqual([]);
  expect(messagesOf(portNumbers, { [place]: 80 })).toEqual([
    "there is no port 80 here. The API server refuses the object. Write a number from 30000 to 32767.",
  ]);
});
