import { beforeAll, describe, expect, test } from "vitest";
import * as contract from "../../components/contract/runtime.ts";
import { standards } from "../../components/contract/standards.ts";
import { bytesOf, millicoresOf } from "../../components/foundation/quantity.ts";
import type { Constructed, Recording } from "./mocks.ts";
import { runProgram } from "./program.ts";
import { at, containerOf, environmentOf, nameOf, workloads } from "./shapes.ts";

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
        gateway: "gateway-credentials",
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
      ...["database", "redis", "gateway", "metrics"].map((name) => `Secret ${name}-credentials`),
      ...servers.map((name) => `Secret ${name}-server-credentials`),
      ...own.map((name) => `Deployment ${name}`),
      ...servers.map((name) => `StatefulSet ${name}`),
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
    ]);
    const children = recording.constructed.filter(({ parent }) => parent);
    expect(children.length).toBeGreaterThan(50);
    expect(children.filter(({ name, parent }) => !name.startsWith(`${parent?.name}-`))).toEqual([]);
  });

  test("orders by values that flow, never by dependsOn", () => {
    expect(recording.constructed.filter(({ hasDependsOn }) => hasDependsOn)).toEqual([]);
  });

  test("sends every object to the named cluster", () => {
    const objects = recording.asked.filter(({ type }) => type.startsWith("kubernetes:"));
    expect(objects.filter(({ provider }) => provider !== "cluster")).toEqual([]);
    expect(recording.find("pulumi:providers:kubernetes", "cluster").inputs).toEqual({
      context: "test-cluster",
      clusterIdentifier: "test-cluster",
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

  test("gives every workload a ServiceAccount of its own, and no token", () => {
    for (const workload of workloads(recording)) {
      const pod = at(workload, "spec.template.spec");
      expect(pod).toMatchObject({
        serviceAccountName: nameOf(workload),
        automountServiceAccountToken: false,
      });
      const { inputs } = recording.object("ServiceAccount", nameOf(workload));
      expect(inputs.automountServiceAccountToken).toBe(false);
    }
    expect(recording.ofKind("ServiceAccount")).toHaveLength(workloads(recording).length);
  });

  test("selects with each Service the pods of exactly one workload, at a port that they have", () => {
    for (const service of recording.ofKind("Service")) {
      const selector = at(service, "spec.selector") as Record<string, string>;
      const selected = workloads(recording).filter((workload) => {
        const podLabels = at(workload, "spec.template.metadata.labels") as Record<string, string>;
        return Object.entries(selector).every(([key, value]) => podLabels[key] === value);
      });
      expect(selected.map(nameOf)).toEqual([nameOf(service).replace(/-pods$/, "")]);
      const named = selected.flatMap((workload) => containerOf(workload).ports as { name: string }[]);
      expect(named.map(({ name }) => name)).toContain(at(service, "spec.ports.0.targetPort"));
    }
  });

  test("selects with each workload its own pods", () => {
    for (const workload of workloads(recording)) {
      const selector = at(workload, "spec.selector.matchLabels") as Record<string, string>;
      expect(at(workload, "spec.template.metadata.labels")).toMatchObject(selector);
      expect(selector["app.kubernetes.io/name"]).toBe(nameOf(workload));
    }
  });

  test("mounts only what it declares, and declares only what it mounts", () => {
    for (const workload of workloads(recording)) {
      const pod = at(workload, "spec.template.spec") as { volumes: { name: string }[] };
      const templates = (workload.inputs.spec as { volumeClaimTemplates?: { metadata: { name: string } }[] })
        .volumeClaimTemplates;
      const declared = [
        ...pod.volumes.map(({ name }) => name),
        ...(templates ?? []).map(({ metadata }) => metadata.name),
      ];
      const mounts = containerOf(workload).volumeMounts as { name: string; mountPath: string }[];
      expect(mounts.map(({ name }) => name).sort()).toEqual(declared.sort());
      expect(duplicates(mounts.map(({ mountPath }) => mountPath))).toEqual([]);
    }
  });

  test("reads only Secrets, ConfigMaps and entries that it creates", () => {
    for (const workload of workloads(recording)) {
      for (const [variable, source] of Object.entries(environmentOf(workload))) {
        if (typeof source === "string") continue;
        const { configMapKeyRef } = source as { configMapKeyRef: { name: string; key: string } };
        expect(configMapKeyRef.key).toBe(variable);
        expect(
          at(recording.object("ConfigMap", configMapKeyRef.name), `data.${configMapKeyRef.key}`),
        ).toBeTypeOf("string");
      }
      const { volumes } = at(workload, "spec.template.spec") as { volumes: Volume[] };
      for (const { secret, configMap } of volumes) {
        if (configMap) recording.object("ConfigMap", configMap.name);
        if (!secret) continue;
        const { value } = at(recording.object("Secret", secret.secretName), "stringData") as {
          value: object;
        };
        expect(Object.keys(value)).toEqual(
          expect.arrayContaining((secret.items ?? []).map(({ key }) => key)),
        );
      }
    }
  });

  test("sets exactly the variables of the contract", () => {
    const { verifierSettings, commonSettings, credentialFiles, serviceNameVariable, standardVariable } =
      contract;
    const files = (names: readonly contract.CredentialName[]) =>
      names.flatMap((name) => Object.values(credentialFiles[name]));
    const verifier = [
      ...commonSettings,
      ...verifierSettings,
      ...files(["database", "redis", "metrics"]),
      serviceNameVariable,
      standardVariable,
    ];
    const gateway = [
      ...commonSettings,
      ...files(["database", "redis", "gateway", "metrics"]),
      serviceNameVariable,
    ];
    const used = recording.ofKind("Deployment").map((deployment) => {
      const variables = Object.keys(environmentOf(deployment)).sort();
      expect(variables).toEqual((nameOf(deployment) === "api-gateway" ? gateway : verifier).sort());
      return variables;
    });
    const declared = [
      ...Object.keys(contract.settingKeys),
      ...files(["database", "redis", "gateway", "metrics"]),
      serviceNameVariable,
      standardVariable,
    ];
    expect([...new Set(used.flat())].sort()).toEqual(declared.sort());
  });

  test("asks for images that are pinned, and pulls them once", () => {
    for (const workload of workloads(recording)) {
      const { image, imagePullPolicy } = containerOf(workload);
      expect(image).toMatch(/^[a-z.]+\/[a-z/-]+[a-z0-9-]+:\d+\.\d+/);
      expect(imagePullPolicy).toBe("IfNotPresent");
    }
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

test("stack dev fits 2 cores and 8 GiB whole, one pod more of each Deployment's roll included", async () => {
  const { recording } = await runProgram({ stack: "dev" });
  const sums = { cpu: 0, memory: 0, memoryLimit: 0 };
  const largest = { cpu: 0, memory: 0 };
  for (const workload of workloads(recording)) {
    const { requests, limits } = containerOf(workload).resources as Record<
      "requests" | "limits",
      Record<"cpu" | "memory", string>
    >;
    const replicas = Number(at(workload, "spec.replicas"));
    const cpu = millicoresOf(requests.cpu) ?? Number.NaN;
    const memory = bytesOf(requests.memory) ?? Number.NaN;
    sums.cpu += replicas * cpu;
    sums.memory += replicas * memory;
    sums.memoryLimit += replicas * (bytesOf(limits.memory) ?? Number.NaN);
    if (workload.inputs.kind === "Deployment") {
      largest.cpu += cpu;
      largest.memory += memory;
    }
  }
  expect(sums.cpu + largest.cpu).toBeLessThanOrEqual(2000);
  expect(sums.memory + largest.memory).toBeLessThanOrEqual(8 * 2 ** 30);
  expect(sums.memoryLimit).toBeLessThanOrEqual(8 * 2 ** 30);
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

interface Volume {
  readonly secret?: { readonly secretName: string; readonly items?: readonly { readonly key: string }[] };
  readonly configMap?: { readonly name: string };
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
