import type { Workload } from "./stack.ts";
import { type Fields, fields, ifKnown, list, text } from "./values.ts";

/** A key of a ConfigMap or Secret that somebody asks for. */
interface KeyReference {
  readonly key: string;
  readonly path: string;
}

/** Another object that a pod names and cannot start without, unless it is optional. */
export interface Reference {
  readonly kind: "ConfigMap" | "Secret" | "PersistentVolumeClaim" | "ServiceAccount";
  readonly name: string;
  /** Path of the name in the workload. */
  readonly path: string;
  /** Who names it, such as `volume settings`. */
  readonly by: string;
  /** The keys that are asked for; undefined where it is the whole object. */
  readonly keys: readonly KeyReference[] | undefined;
  readonly isOptional: boolean;
  /** Name of the volume that it is in, if it is in one. */
  readonly volume?: string;
}

/** Every ConfigMap, Secret, claim and account that a workload's pods name; names not known yet are left out. */
export function referencesOf(workload: Workload): Reference[] {
  return [...ofPod(workload), ...ofVolumes(workload), ...ofContainers(workload)];
}

/** Whether all names that a workload's pods name are known: a first preview does not know those that order objects. */
export function knowsNames({ pod, containers }: Workload): boolean {
  const sources = () => [
    pod.spec.volumes,
    ...containers.flatMap(({ container }) => [
      container.envFrom,
      ...list(container.env).map((one) => fields(one).valueFrom),
    ]),
  ];
  return ifKnown(() => JSON.stringify(sources())) !== undefined;
}

function ofPod({ pod: { path, spec } }: Workload): Reference[] {
  const whole = { keys: undefined, isOptional: false };
  const secrets = list(spec.imagePullSecrets).flatMap((item, index) =>
    named(fields(item), "name", `${path}.imagePullSecrets[${index}]`).map((found) => ({
      ...whole,
      ...found,
      kind: "Secret" as const,
      by: "imagePullSecrets",
      // A kubelet pulls without one that is not there.
      isOptional: true,
    })),
  );
  const field =
    spec.serviceAccountName === undefined && spec.serviceAccount ? "serviceAccount" : "serviceAccountName";
  const accounts = named(spec, field, path).map((found) => ({
    ...whole,
    ...found,
    kind: "ServiceAccount" as const,
    by: "the pod",
  }));
  return [...secrets, ...accounts];
}

function ofVolumes({ pod: { path, spec } }: Workload): Reference[] {
  return list(spec.volumes).flatMap((item, index) => {
    const volume = fields(item);
    const name = text(volume.name) ?? String(index);
    const at = `${path}.volumes[${index}]`;
    const about = { by: `volume ${name}`, volume: name };
    const claims = named(
      fields(volume.persistentVolumeClaim),
      "claimName",
      `${at}.persistentVolumeClaim`,
    ).map(
      (found): Reference => ({
        ...about,
        ...found,
        kind: "PersistentVolumeClaim",
        keys: undefined,
        isOptional: false,
      }),
    );
    const projected = list(fields(volume.projected).sources).flatMap((source, place) =>
      filesOf(fields(source), `${at}.projected.sources[${place}]`, "name"),
    );
    return [
      ...claims,
      ...[...filesOf(volume, at, "secretName"), ...projected].map((one) => ({ ...about, ...one })),
    ];
  });
}

function filesOf(holder: Fields, path: string, secretName: string): Omit<Reference, "by">[] {
  const kinds = [
    { kind: "ConfigMap", field: "configMap", name: "name" },
    { kind: "Secret", field: "secret", name: secretName },
  ] as const;
  return kinds.flatMap(({ kind, field, name }) => {
    const source = fields(holder[field]);
    const keys = list(source.items).flatMap((item, index) =>
      keyAt(fields(item), `${path}.${field}.items[${index}].key`),
    );
    return named(source, name, `${path}.${field}`).map((found) => ({
      ...found,
      kind,
      keys: Array.isArray(source.items) && source.items.length > 0 ? keys : undefined,
      isOptional: source.optional === true,
    }));
  });
}

function ofContainers({ containers }: Workload): Reference[] {
  return containers.flatMap(({ container, path, name }) => {
    const by = `container ${name}`;
    const single = list(container.env).flatMap((item, index) => {
      const at = `${path}.env[${index}].valueFrom`;
      const from = ifKnown(() => fields(fields(item).valueFrom)) ?? {};
      return [
        ...singleOf(fields(from.configMapKeyRef), "ConfigMap", `${at}.configMapKeyRef`),
        ...singleOf(fields(from.secretKeyRef), "Secret", `${at}.secretKeyRef`),
      ];
    });
    const whole = list(container.envFrom).flatMap((item, index) => {
      const at = `${path}.envFrom[${index}]`;
      const { configMapRef, secretRef } = fields(item);
      return [
        ...wholeOf(fields(configMapRef), "ConfigMap", `${at}.configMapRef`),
        ...wholeOf(fields(secretRef), "Secret", `${at}.secretRef`),
      ];
    });
    return [...single, ...whole].map((one) => ({ ...one, by }));
  });
}

function singleOf(source: Fields, kind: "ConfigMap" | "Secret", path: string): Omit<Reference, "by">[] {
  return named(source, "name", path).map((found) => ({
    ...found,
    kind,
    keys: keyAt(source, `${path}.key`),
    isOptional: source.optional === true,
  }));
}

function wholeOf(source: Fields, kind: "ConfigMap" | "Secret", path: string): Omit<Reference, "by">[] {
  return named(source, "name", path).map((found) => ({
    ...found,
    kind,
    keys: undefined,
    isOptional: source.optional === true,
  }));
}

function keyAt(holder: Fields, path: string): KeyReference[] {
  const key = text(holder.key);
  return key === undefined ? [] : [{ key, path }];
}

function named(holder: Fields, field: string, path: string): { name: string; path: string }[] {
  const name = ifKnown(() => text(holder[field]));
  return name ? [{ name, path: `${path}.${field}` }] : [];
}

/** Keys of a ConfigMap or Secret; undefined where a preview does not know them, or wraps them all as one secret value. */
export function keysOf(object: { readonly content: Fields }): string[] | undefined {
  const parts = ["data", "stringData", "binaryData"].map((field) =>
    ifKnown(() => fields(object.content[field])),
  );
  if (parts.some((part) => part === undefined || isWrapped(part))) return undefined;
  return ifKnown(() => parts.flatMap((part) => Object.keys(part ?? {})));
}

/** Entries are texts; a mapping among them is what a secret wraps. */
function isWrapped(part: Fields): boolean {
  return ifKnown(() => typeof part.value === "object" && part.value !== null) ?? false;
}
