import { beforeAll, describe, expect, test } from "vitest";
import * as contract from "../../components/contract/runtime.ts";
import { bytesOf, millicoresOf } from "../../components/foundation/quantity.ts";
import { type Asked, type Recording, Secret } from "./mocks.ts";
import { runProgram } from "./program.ts";
import {
  allContainersOf,
  annotationsOf,
  at,
  containerOf,
  containersOf,
  environmentIn,
  environmentOf,
  nameOf,
  type Resources,
  services,
  templateOf,
  workloads,
} from "./shapes.ts";

describe.each(["dev", "prod"] as const)("stack %s", (stack) => {
  let recording: Recording;
  beforeAll(async () => {
    ({ recording } = await runProgram({ stack }));
  });

  test("gives every workload a ServiceAccount of its own, and a token to those alone that ask the API server", () => {
    for (const workload of workloads(recording)) {
      expect(templateOf(workload).spec.serviceAccountName).toBe(nameOf(workload));
      const { inputs } = recording.object("ServiceAccount", nameOf(workload));
      expect(inputs.automountServiceAccountToken).toBe(false);
      expect(inputs.metadata).toMatchObject({ namespace: at(workload, "metadata.namespace") });
    }
    expect(recording.ofKind("ServiceAccount")).toHaveLength(workloads(recording).length);
    const withToken = workloads(recording).filter(
      (workload) => templateOf(workload).spec.automountServiceAccountToken !== false,
    );
    expect(withToken.map(nameOf).sort()).toEqual(["kube-state-metrics", "prometheus"]);
    const volumes = workloads(recording).flatMap(volumesOf);
    expect(volumes.filter((volume) => "projected" in volume)).toEqual([]);
  });

  test("grants rights to those alone that have a token", () => {
    const bindings = ["RoleBinding", "ClusterRoleBinding"].flatMap((kind) => recording.ofKind(kind));
    const subjects = bindings.flatMap((binding) => at(binding, "subjects") as { name: string }[]);
    expect([...new Set(subjects.map(({ name }) => name))].sort()).toEqual([
      "kube-state-metrics",
      "prometheus",
    ]);
    const unbound = ["Role", "ClusterRole"].flatMap((kind) => recording.ofKind(kind));
    expect(bindings).toHaveLength(unbound.length);
  });

  test("selects with each Service the pods of exactly one workload, at ports that they have", () => {
    for (const service of recording.ofKind("Service")) {
      const selector = Object.entries(at(service, "spec.selector") as Record<string, string>);
      const selected = workloads(recording).filter((workload) => {
        const { labels } = templateOf(workload).metadata;
        return selector.every(([key, value]) => labels[key] === value);
      });
      expect(selected.map(nameOf)).toEqual([nameOf(service).replace(/-pods$/, "")]);
      const ports = selected.flatMap(containersOf).flatMap(({ ports = [] }) => ports as { name: string }[]);
      const targets = (at(service, "spec.ports") as { targetPort: string }[]).map(
        ({ targetPort }) => targetPort,
      );
      expect(targets).not.toEqual([]);
      expect(ports.map(({ name }) => name)).toEqual(expect.arrayContaining(targets));
    }
  });

  test("gives each port of a pod a name and a number of its own", () => {
    for (const workload of workloads(recording)) {
      const ports = containersOf(workload).flatMap(
        ({ ports = [] }) => ports as { name: string; containerPort: number }[],
      );
      expect(duplicates(ports.map(({ name }) => name))).toEqual([]);
      expect(duplicates(ports.map(({ containerPort }) => String(containerPort)))).toEqual([]);
    }
  });

  test("selects with each workload its own pods", () => {
    for (const workload of workloads(recording)) {
      const { labels } = templateOf(workload).metadata;
      expect(labels).toEqual(at(workload, "metadata.labels"));
      expect(labels["app.kubernetes.io/name"]).toBe(nameOf(workload));
      if (["Job", "CronJob"].includes(String(workload.inputs.kind))) continue; // the API server makes their selectors
      const selector = at(workload, "spec.selector.matchLabels") as Record<string, string>;
      expect(labels).toMatchObject(selector);
      expect(selector["app.kubernetes.io/name"]).toBe(nameOf(workload));
    }
  });

  test("mounts only what it declares, and declares only what it mounts", () => {
    for (const workload of workloads(recording)) {
      const claims = (workload.inputs.spec as { volumeClaimTemplates?: { metadata: { name: string } }[] })
        .volumeClaimTemplates;
      const declared = [
        ...volumesOf(workload).map(({ name }) => name),
        ...(claims ?? []).map(({ metadata }) => metadata.name),
      ];
      const mounted = allContainersOf(workload).map((container) => {
        const mounts = (container.volumeMounts ?? []) as { name: string; mountPath: string }[];
        expect(duplicates(mounts.map(({ mountPath }) => mountPath))).toEqual([]);
        expect(duplicates(mounts.map(({ name }) => name))).toEqual([]);
        return mounts.map(({ name }) => name);
      });
      expect([...new Set(mounted.flat())].sort()).toEqual(declared.sort());
    }
  });

  test("reads only Secrets, ConfigMaps and entries that it creates", () => {
    for (const workload of workloads(recording)) {
      const place = String(at(workload, "metadata.namespace"));
      for (const container of allContainersOf(workload)) {
        expect(container).not.toHaveProperty("envFrom");
        for (const [variable, source] of Object.entries(environmentIn(container))) {
          if (typeof source === "string") continue;
          expectLegalSource(variable, source as EnvironmentSource, workload);
        }
      }
      for (const { secret, configMap } of volumesOf(workload)) {
        if (configMap) expect(entriesOf("ConfigMap", configMap.name, place)).toEqual(containing(configMap));
        if (secret) expect(entriesOf("Secret", secret.secretName, place)).toEqual(containing(secret));
      }
    }
  });

  /** Values that a container does not have as text: settings by their own name, revisions, and the node that it is on. */
  function expectLegalSource(variable: string, source: EnvironmentSource, workload: Asked): void {
    const { configMapKeyRef, fieldRef } = source;
    if (configMapKeyRef) {
      expect(configMapKeyRef.key).toBe(variable);
      const value = at(recording.object("ConfigMap", configMapKeyRef.name), `data.${configMapKeyRef.key}`);
      expect(value).toBeTypeOf("string");
    } else if (variable === "NODE_NAME") expect(fieldRef?.fieldPath).toBe("spec.nodeName");
    else {
      const annotation = /^metadata\.annotations\['(.+)'\]$/.exec(fieldRef?.fieldPath ?? "")?.[1] ?? "";
      expect(annotationsOf(workload)[annotation]).toMatch(/^[0-9a-f]{12}$/);
    }
  }

  /** Names of the entries of a ConfigMap or Secret that the program makes, in the namespace where it is read. */
  function entriesOf(kind: "ConfigMap" | "Secret", name: string, place: string): string[] {
    const object = recording.object(kind, name);
    expect(at(object, "metadata.namespace")).toBe(place);
    const content = kind === "ConfigMap" ? at(object, "data") : at(object, "stringData");
    return Object.keys(content instanceof Secret ? (content.value as object) : (content as object));
  }

  test("gives each server's pod the revision of what it has to accept, in every container", () => {
    const annotation = "iot-verification.dev/accepted-revision";
    for (const name of ["postgresql", "redis"]) {
      const server = recording.object("StatefulSet", name);
      const accepted = recording.object("Secret", `${name}-accepted-credentials`);
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
    const optional = workloads(recording).flatMap((workload) =>
      volumesOf(workload).flatMap(({ secret, configMap }) => {
        expect(configMap?.optional).toBeUndefined();
        return secret?.optional ? [[nameOf(workload), secret.secretName]] : [];
      }),
    );
    expect(optional.sort()).toEqual([
      ["api-gateway", "api-credentials"],
      ["postgresql", "database-credentials"],
      ["prometheus", "metrics-credentials"],
      ["redis", "redis-credentials"],
    ]);
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
      expect(securityContext).toEqual({
        runAsNonRoot: !isShipper,
        runAsUser: user,
        runAsGroup: user,
        fsGroup: user,
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

interface EnvironmentSource {
  readonly configMapKeyRef?: { readonly name: string; readonly key: string };
  readonly fieldRef?: { readonly fieldPath: string };
}

interface Items {
  readonly optional?: boolean;
  readonly items?: readonly { readonly key: string }[];
}

interface Volume {
  readonly name: string;
  readonly secret?: Items & { readonly secretName: string };
  readonly configMap?: Items & { readonly name: string };
  readonly emptyDir?: { readonly sizeLimit: string; readonly medium?: string };
  readonly hostPath?: { readonly path: string };
}

function volumesOf(workload: Asked): readonly Volume[] {
  return (templateOf(workload).spec.volumes ?? []) as readonly Volume[];
}

/** A list with all entries that are mounted one by one. */
function containing({ items = [] }: Items): unknown {
  return expect.arrayContaining(items.map(({ key }) => key));
}

function duplicates(items: readonly string[]): string[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}
