import { beforeAll, describe, expect, test } from "vitest";
import { type Asked, type Recording, Secret } from "./mocks.ts";
import { runProgram, stacks } from "./program.ts";
import {
  allContainersOf,
  annotationsOf,
  at,
  containersOf,
  environmentIn,
  type Items,
  nameOf,
  templateOf,
  volumesOf,
  workloads,
} from "./shapes.ts";

describe.each(stacks)("stack %s", (stack) => {
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
        ({ ports = [] }) => ports as { name: string; containerPort: number; protocol: string }[],
      );
      expect(duplicates(ports.map(({ name }) => name))).toEqual([]);
      expect(duplicates(ports.map(({ containerPort, protocol }) => `${protocol}/${containerPort}`))).toEqual(
        [],
      );
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
      // The operator reads it, and mounts what it makes of it.
      ...(stack === "dev" ? [["prometheus", "metrics-credentials"]] : []),
      ["redis", "redis-credentials"],
    ]);
  });
});

interface EnvironmentSource {
  readonly configMapKeyRef?: { readonly name: string; readonly key: string };
  readonly fieldRef?: { readonly fieldPath: string };
}

/** A list with all entries that are mounted one by one. */
function containing({ items = [] }: Items): unknown {
  return expect.arrayContaining(items.map(({ key }) => key));
}

function duplicates(items: readonly string[]): string[] {
  return items.filter((item, index) => items.indexOf(item) !== index);
}
