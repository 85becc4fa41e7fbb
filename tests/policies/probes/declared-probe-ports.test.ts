import { expect, test } from "vitest";
import { declaredProbePorts } from "../../../policies/probes/declared-probe-ports.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "Deployment/web spec.template.spec.containers.0";
const found = "Deployment/web spec.template.spec.containers[0].livenessProbe";

test.each([
  [{ httpGet: { path: "/", port: 8081 } }, "httpGet"],
  [{ httpGet: { path: "/", port: "8081" } }, "httpGet"],
  [{ tcpSocket: { port: 80 } }, "tcpSocket"],
  [{ grpc: { port: 5000 } }, "grpc"],
])("%j asks a port that is not declared", (probe, way) => {
  expect(foundBy(declaredProbePorts)).toEqual([]);
  const changes = { [`${container}.livenessProbe`]: probe };
  expect(foundBy(declaredProbePorts, changes)).toEqual([`${found}.${way}.port`]);
  expect(messagesOf(declaredProbePorts, changes)[0]).toMatch("the container declares 8080, 9090. ");
});

test("a declared number is right, and so is any where none is declared", () => {
  const probe = { httpGet: { path: "/", port: 9090 } };
  expect(foundBy(declaredProbePorts, { [`${container}.livenessProbe`]: probe })).toEqual([]);
  const undeclared = { httpGet: { path: "/", port: 1 } };
  expect(
    foundBy(declaredProbePorts, { [`${container}.livenessProbe`]: undeclared, [`${container}.ports`]: [] }),
  ).toEqual([]);
});

test("a number that the program is told is right too", () => {
  const changes = { [`${container}.livenessProbe`]: { tcpSocket: { port: 8081 } } };
  expect(foundBy(declaredProbePorts, { ...changes, [`${container}.args`]: ["--health=:8081"] })).toEqual([]);
  expect(foundBy(declaredProbePorts, { ...changes, [`${container}.args`]: ["--id=80811"] })).toEqual([
    `${found}.tcpSocket.port`,
  ]);
});
