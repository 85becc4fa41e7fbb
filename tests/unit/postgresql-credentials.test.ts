import { expect, test } from "vitest";
import type { PostgresqlArgs } from "../../components/data/postgresql/index.ts";
import { gate, secret } from "./mocks.ts";
import { credential, revision } from "./platform.ts";
import {
  accepted,
  acceptedRevision,
  loginRevision,
  metadata,
  postgresql,
  startPostgresql,
  username,
} from "./postgresql-fixtures.ts";
import { annotationsOf } from "./shapes.ts";

test("server and readers get the same login, each in a Secret of its own", async () => {
  const { recording, outputs } = await postgresql();
  expect(recording.object("Secret", "postgresql-accepted-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("postgresql-accepted-credentials"),
    stringData: secret({ ...accepted, revision: acceptedRevision }),
  });
  expect(recording.object("Secret", "database-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("database-credentials"),
    type: "servicebinding.io/postgresql",
    stringData: secret({
      type: "postgresql",
      host: "postgresql.place.svc.cluster.test",
      port: "5432",
      database: "records",
      username,
      password: "pass",
    }),
  });
  expect(outputs).toMatchObject({
    endpoint: "postgresql.place.svc.cluster.test:5432",
    credential: "database",
    secret: "database-credentials",
    entries: ["username", "password"],
    revision: loginRevision,
  });
});

test.each<[string, Partial<PostgresqlArgs>]>([
  ["password", { password: credential("other") }],
  ["owner", { owner: "other" }],
])("another %s is another login: the server and its readers roll", async (_, changes) => {
  const { recording, outputs, statefulSet } = await postgresql(changes);
  const { value } = recording.object("Secret", "database-credentials").inputs.stringData as {
    value: { username: string };
  };
  expect(value.username).not.toBe(username);
  expect(outputs.revision).not.toBe(loginRevision);
  expect(annotationsOf(statefulSet)["iot-verification.dev/accepted-revision"]).not.toBe(acceptedRevision);
});

test("who reads statistics gets a login of its own, in a Secret of its own", async () => {
  const { recording, outputs } = await postgresql();
  expect(recording.object("Secret", "database-monitoring-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("database-monitoring-credentials"),
    type: "servicebinding.io/postgresql",
    stringData: secret({
      type: "postgresql",
      host: "postgresql.place.svc.cluster.test",
      port: "5432",
      database: "records",
      username: "monitoring",
      password: "watch",
    }),
  });
  expect(outputs.monitoring).toEqual({
    secret: "database-monitoring-credentials",
    revision: revision(JSON.stringify({ username: "monitoring", password: "watch" })),
  });
});

test("both Secrets for readers come once the server is ready", async () => {
  const held = gate(({ inputs }) => inputs.kind === "StatefulSet");
  const run = await startPostgresql({}, held);
  await run.settled();
  const published = ["Secret database-credentials", "Secret database-monitoring-credentials"];
  expect(run.recording.objects().filter((name) => published.includes(name))).toEqual([]);
  held.open();
  await run.outputs;
  expect(run.recording.objects().filter((name) => published.includes(name))).toEqual(published);
});

test("another password for statistics rolls the server and its reader, and no other", async () => {
  const { outputs, statefulSet } = await postgresql({ monitoringPassword: credential("other") });
  expect(annotationsOf(statefulSet)["iot-verification.dev/accepted-revision"]).toBe(
    revision(JSON.stringify({ ...accepted, "monitoring-password": "other" })),
  );
  expect(outputs.revision).toBe(loginRevision);
  expect(outputs.monitoring).toMatchObject({
    revision: revision(JSON.stringify({ username: "monitoring", password: "other" })),
  });
});

test("the value before is the server's to remember: it is in no Secret", async () => {
  const { recording } = await postgresql({ password: credential("pass", "the-value-before") });
  expect(JSON.stringify(recording.asked)).not.toContain("the-value-before");
});

test("the longest owner makes logins that PostgreSQL does not cut", async () => {
  const owner = "u".repeat(50);
  const { recording } = await postgresql({ owner });
  const { value } = recording.object("Secret", "database-credentials").inputs.stringData as {
    value: { username: string };
  };
  expect(value.username).toBe(`${owner}_${revision(`${owner}:pass`)}`);
  expect(value.username.length).toBeLessThanOrEqual(63);
});
