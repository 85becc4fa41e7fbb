import { describe, expect, test } from "vitest";
import { Postgresql, type PostgresqlArgs } from "../../components/data/postgresql/index.ts";
import { record, secret } from "./mocks.ts";
import { credential, defaults, platform } from "./platform.ts";
import { at, labels, selector } from "./shapes.ts";

const image = "registry.test/postgres:17.1";
const { resources, parameters } = defaults.postgresql;

async function postgresql(changes: Partial<PostgresqlArgs> = {}) {
  const { recording, outputs } = await record({
    program() {
      const { endpoint, credential: login } = new Postgresql("tier-postgresql", {
        platform: platform(),
        image,
        database: "records",
        owner: "keeper",
        password: credential("pass"),
        parameters,
        resources,
        storage: { size: "20Gi" },
        ...changes,
      });
      return { endpoint, secret: login.secret, revision: login.revision, credential: login.credential };
    },
  });
  return { recording, outputs, statefulSet: recording.object("StatefulSet", "postgresql") };
}

function metadata(name: string) {
  return { name, namespace: "place", labels: labels("postgresql", "database") };
}

async function file(name: string, changes: Partial<PostgresqlArgs> = {}): Promise<string> {
  const { recording } = await postgresql(changes);
  const data = recording.object("ConfigMap", "postgresql-configuration").inputs.data as Record<
    string,
    string
  >;
  expect(Object.keys(data).sort()).toEqual(["apply-login.sh", "pg_hba.conf", "postgresql.conf", "roles.sql"]);
  return data[name] ?? "";
}

test("the whole StatefulSet", async () => {
  const { statefulSet } = await postgresql();
  const annotations = at(statefulSet, "spec.template.metadata.annotations") as Record<string, string>;
  expect(annotations).toEqual({
    "iot-verification.dev/settings-checksum": expect.stringMatching(/^[0-9a-f]{16}$/),
    "iot-verification.dev/database-revision": "0123456789ab",
  });
  const login =
    'PGPASSWORD="$(cat /run/secrets/postgresql/password)" psql --no-psqlrc --quiet --output=/dev/null ' +
    '--host=127.0.0.1 --username="$(cat /run/secrets/postgresql/username)" --dbname="$POSTGRES_DB" ' +
    "--command='SELECT 1'";
  expect(statefulSet.inputs).toEqual({
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadata("postgresql"),
    spec: {
      replicas: 1,
      serviceName: "postgresql-pods",
      revisionHistoryLimit: 3,
      selector: { matchLabels: selector("postgresql") },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      template: {
        metadata: { labels: labels("postgresql", "database"), annotations },
        spec: {
          serviceAccountName: "postgresql",
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          imagePullSecrets: [],
          terminationGracePeriodSeconds: 60,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 999,
            runAsGroup: 999,
            fsGroup: 999,
            fsGroupChangePolicy: "OnRootMismatch",
            seccompProfile: { type: "RuntimeDefault" },
          },
          containers: [
            {
              name: "postgresql",
              image,
              imagePullPolicy: "IfNotPresent",
              args: ["postgres", "-c", "config_file=/etc/postgresql/postgresql.conf"],
              ports: [{ name: "postgresql", containerPort: 5432, protocol: "TCP" }],
              env: [
                { name: "POSTGRES_DB", value: "records" },
                { name: "POSTGRES_PASSWORD_FILE", value: "/run/secrets/postgresql/password" },
                { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
                { name: "DATABASE_OWNER", value: "keeper" },
              ],
              resources,
              lifecycle: { postStart: { exec: { command: ["/etc/postgresql/apply-login.sh"] } } },
              startupProbe: {
                exec: { command: ["pg_isready", "--quiet", "--host=127.0.0.1"] },
                periodSeconds: 2,
                failureThreshold: 150,
              },
              readinessProbe: {
                exec: { command: ["bash", "-c", login] },
                periodSeconds: 5,
                timeoutSeconds: 3,
              },
              livenessProbe: {
                exec: { command: ["pg_isready", "--quiet"] },
                periodSeconds: 10,
                timeoutSeconds: 5,
                failureThreshold: 6,
              },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [
                { name: "data", mountPath: "/var/lib/postgresql/data" },
                { name: "configuration", mountPath: "/etc/postgresql", readOnly: true },
                { name: "credentials", mountPath: "/run/secrets/postgresql", readOnly: true },
                { name: "socket", mountPath: "/var/run/postgresql" },
                { name: "scratch", mountPath: "/tmp" },
              ],
            },
          ],
          volumes: [
            { name: "configuration", configMap: { name: "postgresql-configuration", defaultMode: 0o555 } },
            {
              name: "credentials",
              secret: { secretName: "postgresql-server-credentials", defaultMode: 0o440 },
            },
            { name: "socket", emptyDir: { medium: "Memory", sizeLimit: "16Mi" } },
            { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
          ],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data", labels: labels("postgresql", "database") },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "20Gi" } } },
        },
      ],
    },
  });
});

test("a storage class is named when one is given", async () => {
  const { statefulSet } = await postgresql({ storage: { size: "1Gi", storageClass: "fast" } });
  expect(at(statefulSet, "spec.volumeClaimTemplates.0.spec")).toEqual({
    accessModes: ["ReadWriteOnce"],
    storageClassName: "fast",
    resources: { requests: { storage: "1Gi" } },
  });
});

test("a headless Service names the pod, and another one serves clients once it is ready", async () => {
  const { recording } = await postgresql();
  const ports = [{ name: "postgresql", port: 5432, targetPort: "postgresql", protocol: "TCP" }];
  const annotations = { "pulumi.com/skipAwait": "true" };
  expect(recording.object("Service", "postgresql-pods").inputs).toEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata("postgresql-pods"), annotations },
    spec: { clusterIP: "None", publishNotReadyAddresses: true, selector: selector("postgresql"), ports },
  });
  expect(recording.object("Service", "postgresql").inputs).toEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata("postgresql"), annotations },
    spec: { type: "ClusterIP", selector: selector("postgresql"), ports },
  });
});

test("server and readers get the same login, each in a Secret of its own", async () => {
  const { recording, outputs } = await postgresql();
  const login = "keeper_0123456789ab";
  expect(recording.object("Secret", "postgresql-server-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: metadata("postgresql-server-credentials"),
    stringData: secret({ username: login, password: "pass" }),
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
      username: login,
      password: "pass",
    }),
  });
  expect(outputs).toEqual({
    endpoint: "postgresql.place.svc.cluster.test:5432",
    secret: "database-credentials",
    revision: "0123456789ab",
    credential: "database",
  });
});

test("the longest owner makes logins that PostgreSQL does not cut", async () => {
  const owner = "u".repeat(50);
  const { recording } = await postgresql({ owner });
  const { value } = recording.object("Secret", "database-credentials").inputs.stringData as {
    value: { username: string };
  };
  expect(value.username).toBe(`${owner}_0123456789ab`);
  expect(value.username.length).toBeLessThanOrEqual(63);
});

describe("the files of the configuration", () => {
  test("tune the server as the defaults say, in the file that the server is told to read", async () => {
    expect((await file("postgresql.conf")).trimEnd().split("\n").sort()).toEqual(
      [
        "listen_addresses = '*'",
        "hba_file = '/etc/postgresql/pg_hba.conf'",
        "unix_socket_directories = '/var/run/postgresql'",
        "password_encryption = 'scram-sha-256'",
        "max_connections = 200",
        "shared_buffers = '256MB'",
        "effective_cache_size = '1GB'",
        "maintenance_work_mem = '64MB'",
        "checkpoint_completion_target = 0.9",
        "wal_buffers = '16MB'",
        "default_statistics_target = 100",
        "random_page_cost = 1.1",
        "effective_io_concurrency = 200",
        "work_mem = '4MB'",
        "min_wal_size = '1GB'",
        "max_wal_size = '4GB'",
      ].sort(),
    );
  });

  test("follow the parameters, each one", async () => {
    for (const [key, value] of Object.entries(parameters)) {
      const other = typeof value === "number" ? value + 1 : "123MB";
      const text = await file("postgresql.conf", { parameters: { ...parameters, [key]: other } });
      expect(text.split("\n")).toContain(`${key} = ${typeof other === "number" ? other : `'${other}'`}`);
    }
  });

  test("let the superuser in only inside the pod, and everybody else only with a password", async () => {
    const lines = (await file("pg_hba.conf")).split("\n").filter((line) => line && !line.startsWith("#"));
    expect(lines.map((line) => line.split(/\s+/))).toEqual([
      ["local", "all", "postgres", "trust"],
      ["host", "all", "postgres", "all", "reject"],
      ["host", "all", "all", "all", "scram-sha-256"],
    ]);
  });

  test("make the mounted login valid after each start, from where it is mounted", async () => {
    const script = await file("apply-login.sh");
    expect(script).toMatch(/^#!\/bin\/bash\n/);
    expect(script).toContain("set -euo pipefail");
    expect(script).toContain('--set=login="$(cat /run/secrets/postgresql/username)"');
    expect(script).toContain('--set=owner="$DATABASE_OWNER"');
    expect(script).toContain("--set=ON_ERROR_STOP=1");
    expect(script).toContain("--file=/etc/postgresql/roles.sql");
    expect(await file("roles.sql")).toContain("\\set password `cat /run/secrets/postgresql/password`");
  });
});
