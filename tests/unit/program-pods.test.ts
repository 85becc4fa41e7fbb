import { beforeAll, describe, expect, test } from "vitest";
import * as contract from "../../components/contract/runtime.ts";
import { bytesOf, millicoresOf } from "../../components/foundation/quantity.ts";
import type { Recording } from "./mocks.ts";
import { runProgram } from "./program.ts";
import {
  allContainersOf,
  annotationsOf,
  at,
  containerOf,
  environmentOf,
  nameOf,
  workloads,
} from "./shapes.ts";

describe.each(["dev", "prod"] as const)("stack %s", (stack) => {
  let recording: Recording;
  beforeAll(async () => {
    ({ recording } = await runProgram({ stack }));
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
      if (workload.inputs.kind === "Job") continue; // the API server makes its selector
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
      for (const container of allContainersOf(workload)) {
        const mounts = container.volumeMounts as { name: string; mountPath: string }[];
        expect(mounts.map(({ name }) => name).sort()).toEqual(declared.sort());
        expect(duplicates(mounts.map(({ mountPath }) => mountPath))).toEqual([]);
      }
    }
  });

  test("reads only Secrets, ConfigMaps and entries that it creates", () => {
    for (const workload of workloads(recording)) {
      for (const [variable, source] of Object.entries(environmentOf(workload))) {
        if (typeof source === "string") continue;
        const { configMapKeyRef, fieldRef } = source as EnvironmentSource;
        if (fieldRef) {
          const annotation = /^metadata\.annotations\['(.+)'\]$/.exec(fieldRef.fieldPath)?.[1] ?? "";
          expect(annotationsOf(workload)[annotation]).toMatch(/^[0-9a-f]{12}$/);
          continue;
        }
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

  test("gives each server's pod the revision of what it has to accept, in every container", () => {
    const annotation = "iot-verification.dev/accepted-revision";
    for (const server of recording.ofKind("StatefulSet")) {
      const accepted = recording.object("Secret", `${nameOf(server)}-accepted-credentials`);
      const { value } = at(accepted, "stringData") as { value: { revision: string } };
      expect(annotationsOf(server)[annotation]).toBe(value.revision);
      for (const container of allContainersOf(server)) {
        expect(container.env).toContainEqual({
          name: "ACCEPTED_REVISION",
          valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${annotation}']` } },
        });
      }
    }
  });

  test("optionally mounts what is written only after the pod is ready, and nothing else", () => {
    const optional = workloads(recording).flatMap((workload) => {
      const { volumes } = at(workload, "spec.template.spec") as { volumes: Volume[] };
      const names = volumes.filter(({ secret }) => secret?.optional).map(({ secret }) => secret?.secretName);
      return names.map((secret) => [nameOf(workload), secret]);
    });
    expect(optional).toHaveLength(3);
    expect(Object.fromEntries(optional)).toEqual({
      postgresql: "database-credentials",
      redis: "redis-credentials",
      "api-gateway": "api-credentials",
    });
  });

  test("lets every workload of ours finish its requests before it is told to end", () => {
    for (const deployment of recording.ofKind("Deployment")) {
      expect(containerOf(deployment).lifecycle).toEqual({
        preStop: { sleep: { seconds: contract.drainSeconds } },
      });
      const grace = Number(at(deployment, "spec.template.spec.terminationGracePeriodSeconds"));
      expect(grace).toBeGreaterThanOrEqual(contract.drainSeconds + 30);
    }
  });

  test("has the scheduler know of the node's storage that its own workloads take", () => {
    for (const deployment of recording.ofKind("Deployment")) {
      const { requests, limits } = containerOf(deployment).resources as Resources;
      const scratch = String(at(deployment, "spec.template.spec.volumes.0.emptyDir.sizeLimit"));
      expect(requests["ephemeral-storage"]).toBe(limits["ephemeral-storage"]);
      const taken = bytesOf(limits["ephemeral-storage"]) ?? Number.NaN;
      expect(taken).toBe((bytesOf(scratch) ?? Number.NaN) + 256 * 2 ** 20);
    }
  });

  test("keeps every container from writing to its image and from gaining privileges", () => {
    for (const container of workloads(recording).flatMap(allContainersOf)) {
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  test("sets exactly the variables of the contract; of values before there are none yet", () => {
    const { commonSettings, gatewaySettings, migrationSettings, verifierSettings } = contract;
    const { credentialFiles, nodeOptionsVariable, serviceNameVariable, standardVariable } = contract;
    const files = (names: readonly contract.CredentialName[]) =>
      names.flatMap((name) =>
        Object.values(credentialFiles[name]).filter((variable) => !variable.endsWith("_PREVIOUS_FILE")),
      );
    const verifier = [
      ...commonSettings,
      ...verifierSettings,
      ...files(["database", "redis", "metrics"]),
      serviceNameVariable,
      nodeOptionsVariable,
      standardVariable,
    ];
    const gateway = [
      ...commonSettings,
      ...gatewaySettings,
      ...files(["database", "redis", "gateway", "signing", "metrics"]),
      serviceNameVariable,
      nodeOptionsVariable,
    ];
    const used = recording.ofKind("Deployment").map((deployment) => {
      const variables = Object.keys(environmentOf(deployment)).sort();
      expect(variables).toEqual((nameOf(deployment) === "api-gateway" ? gateway : verifier).sort());
      return variables;
    });
    const declared = [
      ...Object.keys(contract.settingKeys),
      ...files(["database", "redis", "gateway", "signing", "metrics"]),
      serviceNameVariable,
      nodeOptionsVariable,
      standardVariable,
    ];
    expect([...new Set(used.flat())].sort()).toEqual(declared.sort());
    const [job] = recording.ofKind("Job");
    const migration = [...migrationSettings, ...files(["database"]), serviceNameVariable];
    expect(job && Object.keys(environmentOf(job)).sort()).toEqual(migration.sort());
  });

  test("asks for images that are pinned, and pulls them once", () => {
    for (const workload of workloads(recording)) {
      for (const { image, imagePullPolicy } of allContainersOf(workload)) {
        expect(image).toMatch(/^[a-z.]+\/[a-z/-]+[a-z0-9-]+:\d+\.\d+/);
        expect(imagePullPolicy).toBe("IfNotPresent");
      }
    }
  });
});

test("stack dev fits 2 cores and 8 GiB whole, one pod more of each Deployment's roll included", async () => {
  const { recording } = await runProgram({ stack: "dev" });
  const sums = { cpu: 0, memory: 0, memoryLimit: 0 };
  const largest = { cpu: 0, memory: 0 };
  // The migrations have ended before the workloads of ours begin.
  for (const workload of workloads(recording).filter(({ inputs }) => inputs.kind !== "Job")) {
    const { requests, limits } = containerOf(workload).resources as Resources;
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

type Resources = Record<"requests" | "limits", Record<"cpu" | "memory" | "ephemeral-storage", string>>;

interface EnvironmentSource {
  readonly configMapKeyRef: { readonly name: string; readonly key: string };
  readonly fieldRef?: { readonly fieldPath: string };
}

interface Volume {
  readonly secret?: {
    readonly secretName: string;
    readonly optional?: boolean;
    readonly items?: readonly { readonly key: string }[];
  };
  readonly configMap?: { readonly name: string };
}

function duplicates(items: readonly string[]): string[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}
