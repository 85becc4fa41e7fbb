import { beforeAll, describe, expect, test } from "vitest";
import { generatedSecrets } from "./mock-providers.ts";
import { type Asked, type Constructed, objectName, type Recording, Secret } from "./mocks.ts";
import { runProgram, stacks } from "./program.ts";
import { objectsOf } from "./program-objects.ts";

describe.each(stacks)("stack %s", (stack) => {
  let recording: Recording;
  let outputs: Readonly<Record<string, unknown>>;
  beforeAll(async () => {
    ({ recording, outputs } = await runProgram({ stack }));
  });

  test("has exactly the documented outputs", () => {
    const host = (service: string) => `${service}.iot-verification.svc.cluster.local`;
    const url = (id: string) => [id, `http://${host(`${id}-verification`)}:8080`];
    expect(outputs).toEqual({
      namespace: "iot-verification",
      gatewayUrl: `http://${host("api-gateway")}`,
      verificationUrls: Object.fromEntries(["tsn", "opcua", "onem2m", "wot", "matter"].map(url)),
      databaseEndpoint: `${host("postgresql")}:5432`,
      cacheEndpoint: `${host("redis")}:6379`,
      objectStorage: { endpoint: `http://${host("object-storage")}:9000`, bucket: "backups" },
      prometheusUrl: `http://${host("prometheus")}:9090`,
      alertmanagerUrl: `http://${host("alertmanager")}:9093`,
      grafanaUrl: `http://${host("grafana")}:3000`,
      jaegerUrl: `http://${host(stack === "dev" ? "jaeger" : "jaeger-query")}:16686`,
      elasticsearchUrl: `https://${host("elasticsearch")}:9200`,
      kibanaUrl: `https://${host("kibana")}:5601`,
      credentialSecrets: {
        database: "database-credentials",
        cache: "redis-credentials",
        objectStorage: "object-storage-credentials",
        gateway: "api-credentials",
        metrics: "metrics-credentials",
        grafana: "grafana-credentials",
        elasticsearch: "elasticsearch-credentials",
      },
    });
  });

  test("creates exactly these objects, each in its namespace", () => {
    const objects = recording.asked.filter(isObject).map(placeAndName);
    expect(objects.sort()).toEqual(objectsOf(stack));
  });

  test("asks for everything that it constructs", () => {
    const constructed = recording.constructed.map(({ type, name }) => `${type} ${name}`);
    expect(recording.names()).toEqual(constructed.sort());
  });

  test("gives everything a name and a URN of its own", () => {
    expect(duplicates(recording.constructed.map(({ name }) => name))).toEqual([]);
    expect(duplicates(recording.constructed.map(urn))).toEqual([]);
    expect(duplicates(recording.asked.filter(isObject).map(placeAndName))).toEqual([]);
  });

  test("parents everything but the tiers and the connection, under its parent's name", () => {
    const roots = recording.constructed.filter(({ parent }) => !parent);
    expect(roots.map(({ name }) => name)).toEqual([
      "cluster",
      "foundation",
      "storage",
      "logging",
      "networking",
      "data",
      "backup",
      "verification",
      "gateway",
      "autoscaling",
      "observability",
      "capacity",
      "shipper-capacity",
    ]);
    const children = recording.constructed.filter(({ parent }) => parent);
    expect(children.length).toBeGreaterThan(200);
    expect(children.filter(({ name, parent }) => !name.startsWith(`${parent?.name}-`))).toEqual([]);
  });

  test("orders by values that flow, never by dependsOn", () => {
    expect(recording.constructed.filter(({ hasDependsOn }) => hasDependsOn)).toEqual([]);
  });

  test("leaves no change unmade but those of the servers' claims", () => {
    const ignoring = recording.constructed.filter(({ ignoreChanges }) => ignoreChanges.length > 0);
    const servers = recording.ofKind("StatefulSet").map(({ name }) => [name, ["spec.volumeClaimTemplates"]]);
    expect(ignoring.map(({ name, ignoreChanges }) => [name, ignoreChanges]).sort()).toEqual(servers.sort());
  });

  test("sends every object to the named cluster", () => {
    const objects = recording.asked.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects.filter(({ provider }) => provider !== "cluster")).toEqual([]);
    expect(recording.find("pulumi:providers:kubernetes", "cluster").inputs).toEqual({
      context: "test-cluster",
      clusterIdentifier: `iot-verification/${stack}`,
      enableConfigMapMutable: "true",
      enableSecretMutable: "true",
    });
  });

  test("keeps secret values out of everything but Secrets, and marks those that certificates are made with", () => {
    const values = generatedSecrets(recording.asked);
    expect(values.length).toBeGreaterThan(20);
    const leakedBy = (content: unknown) =>
      values.filter((value) => (JSON.stringify(content) ?? "").includes(value));
    for (const { type, inputs } of recording.asked) {
      if (inputs.kind === "Secret") {
        const { stringData, ...rest } = inputs;
        expect(stringData).toBeInstanceOf(Secret);
        expect(rest).not.toHaveProperty("data");
        expect(leakedBy(rest)).toEqual([]);
      } else if (type.startsWith("tls:")) {
        expect(leakedBy(Object.values(inputs).filter((value) => !(value instanceof Secret)))).toEqual([]);
      } else expect(leakedBy(inputs)).toEqual([]);
    }
    expect(leakedBy(outputs)).toEqual([]);
  });

  test("hands on every secret value that is generated: a lost state is rebuilt from there", () => {
    const contents = JSON.stringify(recording.ofKind("Secret").map(({ inputs }) => inputs.stringData));
    const unused = generatedSecrets(recording.asked).filter((value) => !contents.includes(value));
    expect(unused).toEqual([]);
  });
});

test("the modules of the program are those of the last run", async () => {
  const first = await runProgram({ config: { namespace: "one" } });
  const second = await runProgram({ config: { namespace: "two" } });
  expect([first.outputs.namespace, second.outputs.namespace]).toEqual(["one", "two"]);
});

test("a configuration that is refused creates nothing", async () => {
  const failure = runProgram({ config: { gateway: { replicas: 0 } } });
  await expect(failure).rejects.toThrow(
    "the configuration of stack dev has 1 problem; nothing was changed:\n  iot-verification:gateway.replicas = 0: must be",
  );
});

function isObject({ type }: Asked): boolean {
  return type.startsWith("kubernetes:");
}

/** `NAMESPACE: KIND NAME`, without the checksum that ends the name of what a Job reads. */
function placeAndName({ inputs }: Asked): string {
  const { namespace = "" } = inputs.metadata as { namespace?: string };
  const name = objectName(inputs).replace(/^(elasticsearch-setup|jaeger-indices)-[0-9a-f]{8}$/, "$1");
  return `${namespace}: ${inputs.kind} ${name}`;
}

/** As the engine makes it: the types of all ancestors, then the resource's own type and name. */
function urn(resource: Constructed): string {
  const types: string[] = [];
  for (let current: Constructed | undefined = resource; current; current = current.parent)
    types.unshift(current.type);
  return `${types.join("$")}::${resource.name}`;
}

function duplicates(items: readonly string[]): string[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}
