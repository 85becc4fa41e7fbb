import { expect, test } from "vitest";
import { exclusiveFields } from "../../../policies/validity/exclusive-fields.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const main = `${pod}.containers.0`;
const found = (path: string) => [`${main.replace(".0", "[0]")}.${path}`];
const secret = { secretKeyRef: { name: "store-credentials", key: "password" } };

test("a volume has one source, or none", () => {
  expect(foundBy(exclusiveFields, { [`${pod}.volumes.0.emptyDir`]: {} })).toEqual([
    `${pod}.volumes[0].emptyDir`,
  ]);
  expect(messagesOf(exclusiveFields, { [`${pod}.volumes.0.emptyDir`]: {} })).toEqual([
    "the volume has configMap and emptyDir. The API server refuses the object. Leave one of them out.",
  ]);
  expect(foundBy(exclusiveFields, { [`${pod}.volumes.0`]: { name: "a" } })).toEqual([]);
  expect(foundBy(exclusiveFields, { [`${pod}.volumes.0`]: { name: "a", emptyDir: null } })).toEqual([]);
});

test("a variable has a value or a source, which is one", () => {
  const env = (variable: object) => ({ [`${main}.env`]: [{ name: "A", ...variable }] });
  expect(foundBy(exclusiveFields, env({ value: "a", valueFrom: secret }))).toEqual(found("env[0].valueFrom"));
  expect(foundBy(exclusiveFields, env({ value: "", valueFrom: secret }))).toEqual([]);
  expect(foundBy(exclusiveFields, env({ valueFrom: {} }))).toEqual(found("env[0].valueFrom"));
  expect(foundBy(exclusiveFields, env({ valueFrom: { ...secret, fieldRef: {} } }))).toEqual(
    found("env[0].valueFrom.fieldRef"),
  );
  expect(foundBy(exclusiveFields, env({}))).toEqual([]);
});

test("variables come from one object at a time", () => {
  const from = (source: object) => ({ [`${main}.envFrom`]: [source] });
  expect(foundBy(exclusiveFields, from({ prefix: "A_" }))).toEqual(found("envFrom[0]"));
  expect(foundBy(exclusiveFields, from({ configMapRef: {}, secretRef: {} }))).toEqual(
    found("envFrom[0].secretRef"),
  );
  expect(foundBy(exclusiveFields, from({ secretRef: {} }))).toEqual([]);
});

test("a probe asks in one way, and a hook does one thing", () => {
  expect(foundBy(exclusiveFields, { [`${main}.livenessProbe.tcpSocket`]: { port: 80 } })).toEqual(
    found("livenessProbe.tcpSocket"),
  );
  expect(foundBy(exclusiveFields, { [`${main}.readinessProbe.httpGet`]: undefined })).toEqual(
    found("readinessProbe"),
  );
  expect(foundBy(exclusiveFields, { [`${main}.lifecycle`]: { preStop: {} } })).toEqual(
    found("lifecycle.preStop"),
  );
  expect(foundBy(exclusiveFields, { [`${main}.lifecycle`]: { preStop: { sleep: { seconds: 5 } } } })).toEqual(
    [],
  );
});

test("a patch may change the settings of a probe alone", () => {
  expect(
    foundBy(exclusiveFields, { [`${main}.readinessProbe.httpGet`]: undefined, [`${main}.image`]: undefined }),
  ).toEqual([]);
});

test("a mount has one path in its volume", () => {
  const mount = { name: "settings", mountPath: "/a", subPath: "a", subPathExpr: "b" };
  expect(foundBy(exclusiveFields, { [`${main}.volumeMounts.0`]: mount })).toEqual(
    found("volumeMounts[0].subPathExpr"),
  );
});

test("an Ingress has one backend for a path, and one port of it", () => {
  const backend = "Ingress/web spec.rules.0.http.paths.0.backend";
  const path = "Ingress/web spec.rules[0].http.paths[0].backend";
  expect(foundBy(exclusiveFields, { [`${backend}.resource`]: {} })).toEqual([`${path}.resource`]);
  expect(foundBy(exclusiveFields, { [`${backend}.service.port.number`]: 80 })).toEqual([
    `${path}.service.port.number`,
  ]);
  expect(foundBy(exclusiveFields, { [`${backend}.service.port`]: { name: "", number: 80 } })).toEqual([]);
});

test("a peer is a block of addresses or pods", () => {
  const peer = "NetworkPolicy/web spec.egress.0.to.0";
  const block = { [`${peer}.ipBlock`]: { cidr: "10.0.0.0/8" } };
  expect(foundBy(exclusiveFields, block)).toEqual(["NetworkPolicy/web spec.egress[0].to[0].podSelector"]);
  expect(foundBy(exclusiveFields, { [`${peer}.namespaceSelector`]: {} })).toEqual([]);
});
