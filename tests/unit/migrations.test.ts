import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { migrationSettings } from "../../components/contract/runtime.ts";
import { Migrations, type MigrationsArgs } from "../../components/data/migrations.ts";
import { gate, record, start } from "./mocks.ts";
import { defaults, mounted, platform } from "./platform.ts";
import { at, containerOf, environmentOf, labels } from "./shapes.ts";

const args: MigrationsArgs = {
  platform: platform(),
  image: "registry.test/database-migrations:1.0",
  ...defaults.migrations,
  credential: mounted("database"),
};

function program() {
  const { credential } = new Migrations("migrations", args);
  return { secret: credential.secret, revision: credential.revision };
}

test("they are a Job of one pod at a time that is repeated a few times and reads the database's login alone", async () => {
  const { recording } = await record({ program });
  const job = recording.object("Job", "database-migrations");
  expect(job.name).toBe("migrations-job");
  expect(at(job, "metadata.name")).toMatch(/^database-migrations-[0-9a-f]{8}$/);
  expect(at(job, "metadata.labels")).toEqual(labels("database-migrations", "migrations"));
  expect(at(job, "spec")).toMatchObject({ backoffLimit: 4, activeDeadlineSeconds: 3600 });
  expect(at(job, "spec.template.spec")).toMatchObject({
    restartPolicy: "Never",
    serviceAccountName: "database-migrations",
    terminationGracePeriodSeconds: 30,
    volumes: [{ name: "scratch" }, { name: "database", secret: { secretName: "database-credentials" } }],
  });
  expect(containerOf(job)).toMatchObject({
    image: "registry.test/database-migrations:1.0",
    resources: {
      requests: { cpu: "100m", memory: "128Mi", "ephemeral-storage": "320Mi" },
      limits: { cpu: "500m", memory: "256Mi", "ephemeral-storage": "320Mi" },
    },
  });
  expect(environmentOf(job)).toEqual({
    SERVICE_NAME: "database-migrations",
    ...Object.fromEntries(
      migrationSettings.map((key) => [key, { configMapKeyRef: { name: "platform-settings", key } }]),
    ),
    DATABASE_USER_FILE: "/run/secrets/database/username",
    DATABASE_PASSWORD_FILE: "/run/secrets/database/password",
  });
});

test("another content has another name, so that the last Job need not go first; another password has not", async () => {
  const nameWith = async (changes: Partial<MigrationsArgs>) => {
    const { recording } = await record({
      program: () => {
        const { credential } = new Migrations("migrations", { ...args, ...changes });
        return { secret: credential.secret };
      },
    });
    return at(recording.object("Job", "database-migrations"), "metadata.name");
  };
  const before = await nameWith({});
  const revision = pulumi.output("another");
  expect(await nameWith({ credential: { ...mounted("database"), revision } })).toBe(before);
  expect(await nameWith({ image: "registry.test/database-migrations:1.1" })).not.toBe(before);
  expect(await nameWith({ platform: platform({ pullSecrets: ["registry"] }) })).not.toBe(before);
});

test("the login that readers mount is the same, and known only once the Job has succeeded", async () => {
  const closed = gate(({ inputs }) => inputs.kind === "Job");
  let known: string | undefined;
  const { outputs, settled } = await start({
    program: async () => {
      const made = program();
      made.secret.apply((secret) => {
        known = secret;
      });
      return { secret: made.secret, revision: pulumi.output(made.revision) };
    },
    gate: closed,
  });
  await settled();
  expect(known).toBeUndefined();
  closed.open();
  expect(await outputs).toEqual({ secret: "database-credentials", revision: "database-revision" });
});
