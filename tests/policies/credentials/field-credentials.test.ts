import { expect, test } from "vitest";
import { fieldCredentials } from "../../../policies/credentials/field-credentials.ts";
import { foundBy } from "../world.ts";

const resource = (spec: object) => ({
  "Database/db": { apiVersion: "example.com/v1", kind: "Database", metadata: { name: "db" }, spec },
});

test("fields hold no credentials", () => {
  expect(foundBy(fieldCredentials)).toEqual([]);
});

test("annotations and labels, of the object and of its pods", () => {
  const changes = {
    "Deployment/web metadata.annotations": { "example.com/api-key": "hunter22" },
    "Deployment/web spec.template.metadata.annotations": { "example.com/password": "hunter22" },
    "Service/web metadata.labels": { token: "hunter22" },
  };
  expect(foundBy(fieldCredentials, changes)).toEqual([
    'Deployment/web metadata.annotations["example.com/api-key"]',
    'Deployment/web spec.template.metadata.annotations["example.com/password"]',
    "Service/web metadata.labels.token",
  ]);
});

test("a Secret that is repeated in an annotation", () => {
  const copy = '{"apiVersion":"v1","kind":"Secret","data":{"password":"aHVudGVyMjI="}}';
  const key = "kubectl.kubernetes.io/last-applied-configuration";
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "db", annotations: { [key]: copy } } };
  expect(foundBy(fieldCredentials, { "Secret/db": secret })).toEqual([
    `Secret/db metadata.annotations["${key}"]`,
  ]);
});

test("custom resources", () => {
  expect(foundBy(fieldCredentials, resource({ admin: { password: "hunter22" } }))).toEqual([
    "Database/db spec.admin.password",
  ]);
  const parameters = [{ name: "db.password", value: "hunter22" }];
  expect(foundBy(fieldCredentials, resource({ parameters }))).toEqual([
    "Database/db spec.parameters[0].value",
  ]);
});

test.each([
  { passwordSecretRef: { name: "db", key: "password" } },
  { password: "db-password" },
  { password: "$DB_PASSWORD" },
  { secret: "web-certificate" },
  { token: "token" },
  { keys: ["password", "token"] },
])("%j refers to one", (spec) => {
  expect(foundBy(fieldCredentials, resource(spec))).toEqual([]);
});

test("checksums are none, and fields of containers are other rules'", () => {
  const changes = {
    "Deployment/web spec.template.metadata.annotations": { "checksum/secret": "a1b2c3d4e5f6a1b2c3d4e5f6" },
    "Deployment/web spec.template.spec.containers.0.env": [{ name: "PASSWORD", value: "hunter22" }],
    "ConfigMap/web-settings data": { password: "hunter22" },
  };
  expect(foundBy(fieldCredentials, changes)).toEqual([]);
});

test("a plain word is one all the same", () => {
  expect(foundBy(fieldCredentials, resource({ password: "horse" }))).toEqual(["Database/db spec.password"]);
});
