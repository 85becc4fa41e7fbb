import { expect, test } from "vitest";
import { envCredentials } from "../../../policies/credentials/env-credentials.ts";
import { foundBy, messagesOf } from "../world.ts";

const containers = "Deployment/web spec.template.spec.containers.0";
const env = (name: string, value: unknown) => ({ [`${containers}.env`]: [{ name, value }] });
const found = ["Deployment/web spec.template.spec.containers[0].env[0].value"];

test("variables lead to credentials, and hold none", () => {
  expect(foundBy(envCredentials)).toEqual([]);
});

test.each([
  ["GF_SECURITY_ADMIN_PASSWORD", "admin"],
  ["DB_PASS", "hunter22"],
  ["dbPassword", "P@$$w0rd"],
  ["MYSQL_PWD", "123456"],
  ["PASSWORD", 123_456],
  ["API_KEY", "f00-b4r"],
  ["JWT_SECRET", "iot-jwt-secret-key"],
  ["AWS_SECRET_ACCESS_KEY", "not/a+real/one"],
  ["spring.datasource.password", "changeme"],
  ["DB_PASSWORD_PROD", "hunter2"],
  ["DBPASS", "hunter2"],
  ["SECRET_KEY_BASE", "0a1b2c3d4e5f"],
  ["POSTGRES_PW", "hunter2"],
  ["PGPASS", "hunter2"],
  ["DB_CREDS", "shop:hunter2"],
  ["AZURE_STORAGE_KEY", "0a1b2c3d4e5f"],
  ["COOKIE_HMAC_KEY", "0a1b2c3d4e5f"],
  ["AIRFLOW__CORE__FERNET_KEY", "0a1b2c3d4e5f"],
  ["DATA_AES_KEY", "0a1b2c3d4e5f"],
  ["GITHUB_PAT", "0a1b2c3d4e5f"],
  ["STRIPE_KEY", "0a1b2c3d4e5f"],
  ["PASSWORD", "device"],
  ["COOKIE_SECRET", "0a1b2c3d4e5f"],
  ["JAVA_OPTS", "-Xmx1g -Dspring.datasource.password=hunter2"],
  ["ARGS", "--user shop --password hunter2"],
])("%s given as it is", (name, value) => {
  expect(foundBy(envCredentials, env(name, value))).toEqual(found);
});

test.each([
  ["DB_PASSWORD_FILE", "/run/secrets/password"],
  ["PASSWORD", "/run/secrets/password"],
  ["TOKEN", "$(TOKEN_FROM_SECRET)"],
  ["DB_PASSWORD", "{{ .Values.password }}"],
  ["DB_PASSWORD", ""],
  ["ALLOW_EMPTY_PASSWORD", "yes"],
  ["PASSWORD_RESET_ENABLED", "true"],
  ["MAX_TOKENS", "4096"],
  ["TOKEN", "3600s"],
  ["TOKEN_URL", "https://login.example/token"],
  ["CLIENT_SECRET", "vault:secret/data/app#client"],
  ["TLS_SECRET", "web-certificate"],
  ["PUBLIC_KEY", "abcdef"],
  ["API_KEY_HEADER", "x-api-key"],
  ["COMPASS", "north"],
  ["CREDS", "/run/secrets/creds"],
  ["PW_FILE", "/run/secrets/password"],
  ["STORAGE_KEY_NAME", "primary"],
  ["CSRF_TOKEN", "X-CSRF-Token"],
  ["XSRF_COOKIE_TOKEN", "XSRF-TOKEN"],
  ["PUSH_TOKEN", "device"],
  ["BEARER_TOKEN", "file"],
  ["STRIPE_KEY", "pk_live_0a1b2c3d4e5f"],
  ["JAVA_OPTS", "-Xmx1g -Dspring.datasource.password=$(DB_PASSWORD)"],
  ["ARGS", "--password-file /run/secrets/password"],
])("%s=%s is none", (name, value) => {
  expect(foundBy(envCredentials, env(name, value))).toEqual([]);
});

test("in init containers and other kinds, and never quoted", () => {
  const variable = [{ name: "TOKEN", value: "very-hidden" }];
  const init = { "Deployment/web spec.template.spec.initContainers.0.env": variable };
  expect(foundBy(envCredentials, init)).toEqual([
    "Deployment/web spec.template.spec.initContainers[0].env[0].value",
  ]);
  const nightly = { "CronJob/nightly spec.jobTemplate.spec.template.spec.containers.0.env": variable };
  expect(foundBy(envCredentials, nightly)).toEqual([
    "CronJob/nightly spec.jobTemplate.spec.template.spec.containers[0].env[0].value",
  ]);
  const [message] = messagesOf(envCredentials, init);
  expect(message).toMatch(/^container prepare is given TOKEN in the open\. /);
  expect(message).not.toContain("very-hidden");
});

test("a value from a Secret, or of a form that tells, is for other rules", () => {
  const secretKeyRef = { name: "store-credentials", key: "password" };
  const from = { [`${containers}.env`]: [{ name: "PASSWORD", valueFrom: { secretKeyRef } }] };
  expect(foundBy(envCredentials, from)).toEqual([]);
  expect(foundBy(envCredentials, env("API_TOKEN", `ghp_${"a1B2".repeat(9)}`))).toEqual([]);
});

test("options in a variable are named, and not quoted", () => {
  const [message] = messagesOf(envCredentials, env("JAVA_OPTS", "-Dspring.datasource.password=hunter2"));
  expect(message).toMatch(
    /^container web is given the value of spring\.datasource\.password in JAVA_OPTS\. /,
  );
});
