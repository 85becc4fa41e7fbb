import { beforeAll, describe, expect, test } from "vitest";
import * as contract from "../../components/contract/runtime.ts";
import { bytesOf, millicoresOf } from "../../components/foundation/quantity.ts";
import type { Recording } from "./mocks.ts";
import { runProgram, stacks } from "./program.ts";
import {
  allContainersOf,
  at,
  containerOf,
  environmentOf,
  nameOf,
  type Resources,
  services,
  templateOf,
  volumesOf,
  workloads,
} from "./shapes.ts";

describe.each(stacks)("stack %s", (stack) => {
  let recording: Recording;
  beforeAll(async () => {
    ({ recording } = await runProgram({ stack }));
  });

  test("lets every service of ours finish its requests before it is told to end", () => {
    expect(services(recording)).toHaveLength(6);
    for (const service of services(recording)) {
      expect(containerOf(service).lifecycle).toEqual({
        preStop: { sleep: { seconds: contract.drainSeconds } },
      });
      const grace = Number(templateOf(service).spec.terminationGracePeriodSeconds);
      expect(grace).toBeGreaterThanOrEqual(contract.drainSeconds + 30);
    }
  });

  test("has the scheduler know of the node's storage that every container may take: scratch on disk, and logs", () => {
    for (const workload of workloads(recording)) {
      const scratch = volumesOf(workload)
        .flatMap(({ emptyDir }) => (emptyDir && !emptyDir.medium ? [emptyDir.sizeLimit] : []))
        .map((size) => bytesOf(size) ?? Number.NaN);
      const taken = scratch.reduce((total, size) => total + size, 256 * 2 ** 20);
      for (const container of allContainersOf(workload)) {
        const { requests, limits } = container.resources as Resources;
        expect(bytesOf(requests["ephemeral-storage"])).toBe(taken);
        expect(bytesOf(limits["ephemeral-storage"])).toBe(taken);
      }
    }
  });

  test("bounds the CPU and the memory of every container, and reserves no more", () => {
    for (const container of workloads(recording).flatMap(allContainersOf)) {
      const { requests, limits } = container.resources as Resources;
      expect(millicoresOf(requests.cpu)).toBeGreaterThan(0);
      expect(millicoresOf(requests.cpu)).toBeLessThanOrEqual(millicoresOf(limits.cpu) ?? 0);
      expect(bytesOf(requests.memory)).toBeGreaterThan(0);
      expect(bytesOf(requests.memory)).toBeLessThanOrEqual(bytesOf(limits.memory) ?? 0);
    }
  });

  test("runs everything restricted, and as root Filebeat alone, in a namespace that lets it", () => {
    for (const workload of workloads(recording)) {
      const { securityContext, hostNetwork, hostPID, hostIPC } = templateOf(workload).spec;
      expect([hostNetwork, hostPID, hostIPC]).toEqual([undefined, undefined, undefined]);
      const isShipper = nameOf(workload) === "filebeat";
      const user = isShipper ? 0 : expect.toSatisfy((uid) => Number.isInteger(uid) && uid > 0);
      // Its operator runs it in the group that owns its image's files, which is 0.
      const group = nameOf(workload) === "elasticsearch" ? expect.any(Number) : user;
      expect(securityContext).toEqual({
        runAsNonRoot: !isShipper,
        runAsUser: user,
        runAsGroup: group,
        fsGroup: group,
        fsGroupChangePolicy: "OnRootMismatch",
        seccompProfile: { type: "RuntimeDefault" },
      });
      const namespace = recording.object("Namespace", String(at(workload, "metadata.namespace")));
      expect(at(namespace, "metadata.labels")).toMatchObject({
        "pod-security.kubernetes.io/enforce": isShipper ? "privileged" : "restricted",
      });
    }
  });

  test("keeps everything but Filebeat off the files of the nodes", () => {
    const paths = workloads(recording).flatMap((workload) =>
      volumesOf(workload).flatMap(({ hostPath }) => (hostPath ? [[nameOf(workload), hostPath.path]] : [])),
    );
    expect(paths).toEqual([
      ["filebeat", "/var/log/pods"],
      ["filebeat", "/var/lib/iot-verification-logs/filebeat"],
    ]);
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
    const used = services(recording).map((service) => {
      const variables = Object.keys(environmentOf(service)).sort();
      expect(variables).toEqual((nameOf(service) === "api-gateway" ? gateway : verifier).sort());
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
    const job = recording.object("Job", "database-migrations");
    const migration = [...migrationSettings, ...files(["database"]), serviceNameVariable];
    expect(Object.keys(environmentOf(job)).sort()).toEqual(migration.sort());
  });

  test("asks for images that are pinned, and asks the registry for them", () => {
    for (const workload of workloads(recording)) {
      for (const { image, imagePullPolicy } of allContainersOf(workload)) {
        expect(image).toMatch(/^[a-z0-9.]+\.[a-z]+\/[a-z0-9/_-]+:v?\d+\.\d+/);
        expect(imagePullPolicy).toBe("Always");
      }
    }
  });
});
