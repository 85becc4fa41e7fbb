import { beforeAll, describe, expect, test } from "vitest";
import { keyIdOf } from "../../components/contract/key-id.ts";
import { standards } from "../../components/contract/standards.ts";
import type { Recording } from "./mocks.ts";
import { type ProgramArgs, runProgram } from "./program.ts";
import { annotationsOf, at, environmentOf } from "./shapes.ts";

const own = ["api-gateway", ...standards.map(({ id }) => `${id}-verification`)];
const deployments = own.map((name) => `Deployment ${name}`);

/** For every credential, the objects that change with it: what its server has to accept, who reads it, what is published. */
const changes = {
  database: [
    "Secret postgresql-accepted-credentials",
    "StatefulSet postgresql",
    "Secret database-credentials",
    ...deployments,
  ],
  redis: [
    "Secret redis-accepted-credentials",
    "StatefulSet redis",
    "Secret redis-credentials",
    ...deployments,
  ],
  jwtSecret: ["Secret api-gateway-accepted-credentials", "Deployment api-gateway", "Secret api-credentials"],
  apiKey: ["Secret api-gateway-accepted-credentials", "Deployment api-gateway", "Secret api-credentials"],
  prometheusToken: ["Secret metrics-tokens", ...deployments, "Secret metrics-credentials"],
  monitoring: ["database", "redis"].flatMap((login) => {
    const server = login === "database" ? "postgresql" : login;
    return [
      `Secret ${server}-accepted-credentials`,
      `StatefulSet ${server}`,
      `Secret ${login}-monitoring-credentials`,
      `Deployment ${server}-exporter`,
    ];
  }),
  // The Job proves the new keys; backups read them when they run.
  objectStorage: [
    "Secret object-storage-accepted-credentials",
    "StatefulSet object-storage",
    "Secret object-storage-credentials",
    "Job object-storage-buckets",
  ],
  grafana: ["Secret grafana-accepted-credentials", "StatefulSet grafana", "Secret grafana-credentials"],
  // What was prepared with the password before stays prepared.
  elastic: [
    "Secret elasticsearch-users",
    "StatefulSet elasticsearch",
    "Secret elasticsearch-setup-credentials",
    "Secret elasticsearch-credentials",
  ],
  elasticsearchUsers: [
    "Secret elasticsearch-users",
    "StatefulSet elasticsearch",
    ...["kibana", "logstash", "jaeger", "grafana", "exporter"].map(
      (user) => `Secret elasticsearch-${user}-credentials`,
    ),
    "Secret kibana-settings",
    ...["kibana", "logstash", "jaeger", "elasticsearch-exporter"].map((name) => `Deployment ${name}`),
    "StatefulSet grafana",
  ],
} as const;
const ids = Object.keys(changes) as (keyof typeof changes)[];

async function run(args: ProgramArgs): Promise<Recording> {
  return (await runProgram(args)).recording;
}

function rotated(id: string, generation: number): Promise<Recording> {
  return run({ config: { rotation: { [id]: generation } } });
}

let first: Recording;
beforeAll(async () => {
  first = await run({});
});

/** `KIND NAME` of the objects that differ; both runs have the same ones. */
function differences(one: Recording, other: Recording): string[] {
  expect(other.objects()).toEqual(one.objects());
  const content = (recording: Recording, object: string) => {
    const [kind = "", name = ""] = object.split(" ");
    return JSON.stringify(recording.object(kind, name).inputs);
  };
  return one.objects().filter((object) => content(one, object) !== content(other, object));
}

function entriesOf(recording: Recording, secret: string): Record<string, string> {
  return (at(recording.object("Secret", secret), "stringData") as { value: Record<string, string> }).value;
}

describe("a rotation changes what its server accepts, its readers and what is published, and nothing else", () => {
  test.each(ids)("%s", async (id) => {
    expect(differences(first, await rotated(id, 2))).toEqual([...changes[id]].sort());
  });

  test("a value that somebody chose does so too", async () => {
    const chosen = await run({ secrets: { redisPassword: "chosen-by-somebody" } });
    expect(differences(first, chosen)).toEqual([...changes.redis].sort());
  });

  test("another owner of the database is another login, in all that has the login or the owner", async () => {
    const renamed = await run({ config: { settings: { databaseUser: "other" } } });
    expect(differences(first, renamed)).toEqual([...changes.database].sort());
  });
});

describe("generations", () => {
  const made = (recording: Recording) =>
    recording.asked
      .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
      .map(({ name }) => name);

  test.each([
    ["database", "database"],
    ["redis", "redis"],
    ["jwtSecret", "jwt-secret"],
    ["apiKey", "api-key"],
    ["prometheusToken", "prometheus-token"],
    ["monitoring", "database-monitoring", "redis-monitoring"],
    ["objectStorage", "object-storage"],
    ["grafana", "grafana"],
    ["elastic", "elastic"],
    [
      "elasticsearchUsers",
      "kibana-user",
      "logstash-user",
      "jaeger-user",
      "grafana-user",
      "elasticsearch-exporter-user",
    ],
  ])(
    "of %s are resources of their own: the one before stays, so that going back brings it back",
    async (id, ...names) => {
      const resources = (generation: number) =>
        names.map((name) => `foundation-credentials-${name}-${generation}`);
      const [second, third] = [await rotated(id, 2), await rotated(id, 3)];
      const others = made(first).filter((one) => !resources(1).includes(one));
      expect(made(second).sort()).toEqual([...others, ...resources(1), ...resources(2)].sort());
      expect(made(third).sort()).toEqual([...others, ...resources(2), ...resources(3)].sort());
      const back = await rotated(id, 1);
      expect(differences(first, back)).toEqual([]);
      expect(made(back)).toEqual(made(first));
    },
  );
});

describe("after a rotation the values before are accepted, and before it there are none", () => {
  test.each([
    ["jwtSecret", "api-gateway-accepted-credentials", "jwt-secret", "JWT_SECRET", ["api-gateway"]],
    ["apiKey", "api-gateway-accepted-credentials", "api-key", "API_KEY", ["api-gateway"]],
    ["prometheusToken", "metrics-tokens", "token", "PROMETHEUS_TOKEN", own],
  ])("%s", async (id, secret, entry, variable, readers) => {
    const second = await rotated(id, 2);
    const [old, now] = [entriesOf(first, secret), entriesOf(second, secret)];
    expect(Object.keys(old)).not.toContain(`previous-${entry}`);
    expect(now).toEqual({ ...old, [entry]: now[entry], [`previous-${entry}`]: old[entry] });
    expect(now[entry]).not.toBe(old[entry]);
    for (const name of own) {
      const variables = Object.keys(environmentOf(first.object("Deployment", name)));
      const added = Object.entries(environmentOf(second.object("Deployment", name))).filter(
        ([key]) => !variables.includes(key),
      );
      const path = expect.stringMatching(new RegExp(`^/run/secrets/(gateway|metrics)/previous-${entry}$`));
      expect(added).toEqual(readers.includes(name) ? [[`${variable}_PREVIOUS_FILE`, path]] : []);
    }
  });

  test("a value that somebody had chosen is, whatever is valid now", async () => {
    const former = "chosen-before-by-somebody-".padEnd(40, "-");
    for (const generation of [1, 2]) {
      const recording = await run({
        config: { rotation: { prometheusToken: generation } },
        secrets: { prometheusTokenPrevious: former },
      });
      expect(entriesOf(recording, "metrics-tokens")).toEqual({
        token: `generated-foundation-credentials-prometheus-token-${generation}`,
        "previous-token": former,
      });
    }
  });

  test("callers and scrapers are told the value that is valid, alone", async () => {
    const recording = await run({ config: { rotation: { apiKey: 2, prometheusToken: 2 } } });
    expect(entriesOf(recording, "api-credentials")).toEqual({
      url: "http://api-gateway.iot-verification.svc.cluster.local",
      "api-key": "generated-foundation-credentials-api-key-2",
      "signing-key-id": keyIdOf("generated-foundation-credentials-jwt-secret-1"),
    });
    expect(entriesOf(recording, "metrics-credentials")).toEqual({
      token: "generated-foundation-credentials-prometheus-token-2",
    });
  });
});

describe("annotations are all that changes in the pods of readers", () => {
  test.each([
    ["database", 1, "database"],
    ["redis", 1, "redis"],
    ["apiKey", 2, "gateway"],
    ["prometheusToken", 2, "metrics"],
  ])("%s from generation %i to the next", async (id, generation, credential) => {
    const runs = [await rotated(id, generation), await rotated(id, generation + 1)];
    const [old, now] = runs.map((recording) => recording.object("Deployment", "api-gateway"));
    if (!old || !now) throw new Error("there are two runs");
    expect(at(now, "spec.template.spec")).toEqual(at(old, "spec.template.spec"));
    const annotations = [annotationsOf(old), annotationsOf(now)];
    const changed = Object.keys(annotationsOf(old)).filter(
      (key) => annotations[0]?.[key] !== annotations[1]?.[key],
    );
    expect(changed).toEqual([`iot-verification.dev/${credential}-revision`]);
  });
});

test("revisions are short, plain, stable, and tell nothing", async () => {
  const same = "the-same-value-for-two-credentials";
  const secrets = { databasePassword: same, redisPassword: same };
  const [recording, again] = [await run({ secrets }), await run({ secrets })];
  const annotations = annotationsOf(recording.object("Deployment", "api-gateway"));
  expect(annotations).toEqual(annotationsOf(again.object("Deployment", "api-gateway")));
  const revision = expect.stringMatching(/^[0-9a-f]{12}$/);
  expect(annotations).toEqual({
    "iot-verification.dev/database-revision": revision,
    "iot-verification.dev/redis-revision": revision,
    "iot-verification.dev/gateway-revision": revision,
    "iot-verification.dev/metrics-revision": revision,
    "iot-verification.dev/settings-checksum": expect.stringMatching(/^[0-9a-f]{16}$/),
  });
  expect(new Set(Object.values(annotations)).size).toBe(5);
  expect(JSON.stringify(annotations)).not.toContain(same);
});
