import { expect, test } from "vitest";
import { systemNames } from "../../components/contract/systems.ts";
import { Exporters } from "../../components/observability/exporters/index.ts";
import { exporters as section } from "../../config/sections/exporters.ts";
import { exportersArgs } from "../../config/slices/exporters.ts";
import { type Recording, record } from "./mocks.ts";
import { defaults, platform } from "./platform.ts";
import { annotationsOf, at, containerOf, environmentOf, labels } from "./shapes.ts";

const login = (name: string) => ({ secret: `${name}-secret`, revision: `${name}-revision` });
const config = { images: defaults.images, exporters: section.parse({}) };

async function exporters() {
  return record({
    program() {
      const logins = { database: { monitoring: login("database") }, cache: { monitoring: login("cache") } };
      const given = exportersArgs(config, { platform: platform() }, logins as never);
      const elasticsearch = { ...given.elasticsearch, login: login("elasticsearch") };
      const args = { ...given, elasticsearch };
      return { demands: new Exporters("exporters", args).demands };
    },
  });
}

const { databaseExporter, cacheExporter, elasticsearchExporter } = systemNames;
const all = [databaseExporter, cacheExporter, elasticsearchExporter];

const deployment = (recording: Recording, name: string) => recording.object("Deployment", name);

test("each is a Deployment of its own with a Service, and nothing of the API server's", async () => {
  const { recording, outputs } = await exporters();
  expect(recording.objects()).toEqual(
    all.flatMap((name) => [`Deployment ${name}`, `Service ${name}`, `ServiceAccount ${name}`]).sort(),
  );
  for (const name of all) {
    expect(deployment(recording, name).inputs.metadata).toMatchObject({
      name,
      namespace: "place",
      labels: labels(name, "metrics"),
    });
    expect(at(deployment(recording, name), "spec.template.spec.automountServiceAccountToken")).toBe(false);
  }
  expect(
    (outputs.demands as { workload: string; pods: number }[]).map(({ workload, pods }) => [workload, pods]),
  ).toEqual(all.map((name) => [name, 2]));
});

test.each([
  [databaseExporter, 9187, 65534, "/"],
  [cacheExporter, 9121, 59000, "/health"],
  [elasticsearchExporter, 9114, 65534, "/healthz"],
])(
  "%s is its container's name, too; scraped at port %i, run as user %i, judged by different probes",
  async (name, port, uid, path) => {
    const { recording } = await exporters();
    expect(containerOf(deployment(recording, name))).toMatchObject({
      name,
      ports: [{ name: "metrics", containerPort: port, protocol: "TCP" }],
      startupProbe: {
        httpGet: { path, port: "metrics" },
        timeoutSeconds: 3,
        periodSeconds: 2,
        failureThreshold: 30,
      },
      readinessProbe: {
        httpGet: { path: "/metrics", port: "metrics" },
        periodSeconds: 30,
        timeoutSeconds: 10,
      },
      livenessProbe: {
        httpGet: { path, port: "metrics" },
        timeoutSeconds: 3,
        periodSeconds: 10,
        failureThreshold: 3,
      },
    });
    expect(at(deployment(recording, name), "spec.template.spec.securityContext")).toMatchObject({
      runAsUser: uid,
      runAsGroup: uid,
    });
  },
);

test("that of PostgreSQL reads its login from files, and is told where the platform's database is", async () => {
  const { recording } = await exporters();
  const exporter = deployment(recording, databaseExporter);
  expect(environmentOf(exporter)).toEqual({
    DATA_SOURCE_URI: "postgresql.iot-verification.svc.cluster.local:5432/iot_verification?sslmode=disable",
    DATA_SOURCE_USER_FILE: "/run/secrets/login/username",
    DATA_SOURCE_PASS_FILE: "/run/secrets/login/password",
  });
  expect(containerOf(exporter).args).toEqual(["--web.listen-address=:9187", "--log.format=json"]);
  expect(mountedLogin(recording, databaseExporter)).toEqual(["database-secret", ["username", "password"]]);
});

test("that of Redis reads its password from a file that says whose it is, and never the server's configuration", async () => {
  const { recording } = await exporters();
  expect(environmentOf(deployment(recording, cacheExporter))).toEqual({
    REDIS_ADDR: "redis://redis.iot-verification.svc.cluster.local:6379",
    REDIS_USER: "monitoring",
    REDIS_PASSWORD_FILE: "/run/secrets/login/exporter-passwords.json",
    REDIS_EXPORTER_WEB_LISTEN_ADDRESS: ":9121",
    REDIS_EXPORTER_LOG_FORMAT: "json",
    REDIS_EXPORTER_CONFIG_COMMAND: "-",
  });
  expect(mountedLogin(recording, cacheExporter)).toEqual(["cache-secret", ["exporter-passwords.json"]]);
});

test("that of Elasticsearch takes its login from files, and trusts the private authority alone", async () => {
  const { recording } = await exporters();
  const container = containerOf(deployment(recording, elasticsearchExporter));
  const [shell, ...argv] = container.command as string[];
  expect([shell, ...argv.slice(0, 2)]).toEqual(["sh", "-eu", "-c"]);
  expect(argv[2]?.trim().split("\n")).toEqual([
    "ES_USERNAME=$(cat /run/secrets/login/username)",
    "ES_PASSWORD=$(cat /run/secrets/login/password)",
    "export ES_USERNAME ES_PASSWORD",
    'exec /bin/elasticsearch_exporter --es.uri="$(cat /run/secrets/login/url)" "$@"',
  ]);
  expect(argv.slice(3)).toEqual([
    "exporter",
    "--es.ca=/run/secrets/login/ca.crt",
    "--es.all",
    "--es.indices",
    "--no-es.aliases",
    "--web.listen-address=:9114",
    "--log.format=json",
  ]);
  expect(mountedLogin(recording, elasticsearchExporter)).toEqual([
    "elasticsearch-secret",
    ["username", "password", "url", "ca.crt"],
  ]);
});

test("each rolls when its login changes", async () => {
  const { recording } = await exporters();
  const revisions = all.map(
    (name) => annotationsOf(deployment(recording, name))["iot-verification.dev/login-revision"],
  );
  expect(revisions).toEqual(["database-revision", "cache-revision", "elasticsearch-revision"]);
});

/** The Secret that is mounted, and its entries. */
function mountedLogin(recording: Recording, name: string) {
  const volumes = at(deployment(recording, name), "spec.template.spec.volumes") as {
    secret: { secretName: string; items: { key: string }[] };
  }[];
  return volumes.map(({ secret }) => [secret.secretName, secret.items.map(({ key }) => key)])[0];
}
