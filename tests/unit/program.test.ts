import { beforeAll, describe, expect, test } from "vitest";
import { standards } from "../../components/contract/standards.ts";
import type { Constructed, Recording } from "./mocks.ts";
import { runProgram } from "./program.ts";
import { at } from "./shapes.ts";

const stacks = ["dev", "prod"] as const;

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
      credentialSecrets: {
        database: "database-credentials",
        cache: "redis-credentials",
        gateway: "api-credentials",
        metrics: "metrics-credentials",
      },
    });
  });

  test("creates exactly these objects", () => {
    const own = ["api-gateway", ...standards.map(({ id }) => `${id}-verification`)];
    const servers = ["postgresql", "redis"];
    const expected = [
      "Namespace iot-verification",
      "ConfigMap platform-settings",
      ...servers.map((name) => `ConfigMap ${name}-configuration`),
      ...["database", "redis", "api", "metrics"].map((name) => `Secret ${name}-credentials`),
      ...[...servers, "api-gateway"].map((name) => `Secret ${name}-accepted-credentials`),
      "Secret metrics-tokens",
      ...own.map((name) => `Deployment ${name}`),
      ...servers.map((name) => `StatefulSet ${name}`),
      "Job database-migrations",
      "ServiceAccount database-migrations",
      ...[...own, ...servers].flatMap((name) => [`Service ${name}`, `ServiceAccount ${name}`]),
      ...servers.map((name) => `Service ${name}-pods`),
    ];
    expect(recording.objects().filter((name) => !name.startsWith("undefined"))).toEqual(expected.sort());
  });

  test("asks for everything that it constructs", () => {
    const constructed = recording.constructed.map(({ type, name }) => `${type} ${name}`);
    expect(recording.names()).toEqual(constructed.sort());
  });

  test("gives everything a name and a URN of its own", () => {
    expect(duplicates(recording.constructed.map(({ name }) => name))).toEqual([]);
    expect(duplicates(recording.constructed.map(urn))).toEqual([]);
    expect(duplicates(recording.objects())).toEqual([]);
  });

  test("parents everything but the tiers and the connection, under its parent's name", () => {
    const roots = recording.constructed.filter(({ parent }) => !parent);
    expect(roots.map(({ name }) => name)).toEqual([
      "cluster",
      "foundation",
      "data",
      "verification",
      "gateway",
      "observability",
    ]);
    const children = recording.constructed.filter(({ parent }) => parent);
    expect(children.length).toBeGreaterThan(50);
    expect(children.filter(({ name, parent }) => !name.startsWith(`${parent?.name}-`))).toEqual([]);
  });

  test("orders by values that flow, never by dependsOn", () => {
    expect(recording.constructed.filter(({ hasDependsOn }) => hasDependsOn)).toEqual([]);
  });

  test("leaves no change unmade but those of the servers' claims", () => {
    const ignoring = recording.constructed.filter(({ ignoreChanges }) => ignoreChanges.length > 0);
    expect(ignoring.map(({ name, ignoreChanges }) => [name, ignoreChanges])).toEqual([
      ["data-postgresql-server-statefulset", ["spec.volumeClaimTemplates"]],
      ["data-redis-server-statefulset", ["spec.volumeClaimTemplates"]],
    ]);
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

  test("puts every object into the namespace", () => {
    const objects = recording.asked.filter(
      ({ type, inputs }) => type.startsWith("kubernetes:") && inputs.kind !== "Namespace",
    );
    expect(objects.length).toBeGreaterThan(30);
    expect(objects.filter((object) => at(object, "metadata.namespace") !== "iot-verification")).toEqual([]);
  });

  test("keeps secret values out of everything but Secrets", () => {
    for (const asked of recording.asked) {
      if (asked.inputs.kind === "Secret") {
        expect(asked.inputs.stringData).toHaveProperty("value");
        expect(asked.inputs.data).toBeUndefined();
      } else expect(JSON.stringify(asked.inputs)).not.toContain("generated-foundation");
    }
    expect(JSON.stringify(outputs)).not.toContain("generated-foundation");
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
