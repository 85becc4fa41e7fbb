import { isKind } from "../objects/kinds.ts";
import type { KubernetesObject } from "../objects/object.ts";
import { podSpecOf } from "../objects/pods.ts";
import { describeQuantity, quantityOf } from "../objects/quantity.ts";
import { at, fields, isSet, list, text } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

const modes = ["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"];

/** Claims by themselves, in templates of StatefulSets, and in ephemeral volumes. */
export const completeClaims = objectRule({
  name: "complete-claims",
  severity: "mandatory",
  description: "A claim says how it may be used and how large it is.",
  why: "The API server refuses it otherwise.",
  reference: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims",
  check: (object) =>
    claimsOf(object).flatMap(({ path, spec }) => [...modesOf(path, spec), ...sizeOf(path, spec)]),
});

interface ClaimSpec {
  readonly path: string;
  readonly spec: unknown;
}

function claimsOf(object: KubernetesObject): ClaimSpec[] {
  if (isKind(object, "PersistentVolumeClaim")) return [{ path: "spec", spec: object.spec }];
  const templates = isKind(object, "StatefulSet") ? list(at(object, "spec", "volumeClaimTemplates")) : [];
  const pod = podSpecOf(object);
  const ephemeral = list(pod?.spec.volumes).flatMap((volume, index) => {
    const template = at(volume, "ephemeral", "volumeClaimTemplate");
    if (!isSet(template)) return [];
    return [
      {
        path: `${pod?.path}.volumes[${index}].ephemeral.volumeClaimTemplate.spec`,
        spec: fields(template).spec,
      },
    ];
  });
  return [
    ...templates.map((template, index) => ({
      path: `spec.volumeClaimTemplates[${index}].spec`,
      spec: fields(template).spec,
    })),
    ...ephemeral,
  ];
}

function modesOf(path: string, spec: unknown): Violation[] {
  const given = list(fields(spec).accessModes);
  const fix = `Write one of ${modes.join(", ")}`;
  if (given.length === 0)
    return [{ path: `${path}.accessModes`, problem: "the claim has no access mode", fix }];
  return given.flatMap((mode, index) => {
    if (modes.includes(text(mode) ?? "")) return [];
    return [
      {
        path: `${path}.accessModes[${index}]`,
        problem: `${describeMode(mode)} does not exist`,
        fix,
      },
    ];
  });
}

/** What has not the form of a mode is not repeated. */
function describeMode(mode: unknown): string {
  const given = text(mode) ?? "";
  return /^[A-Z][A-Za-z]{1,20}$/.test(given) ? `access mode ${given}` : "one of its access modes";
}

function sizeOf(path: string, spec: unknown): Violation[] {
  const size = at(spec, "resources", "requests", "storage");
  const place = `${path}.resources.requests.storage`;
  const fix = "Write a size such as 10Gi";
  if (!isSet(size)) return [{ path: place, problem: "the claim has no size", fix }];
  const amount = quantityOf(size)?.amount ?? 0;
  return amount > 0 ? [] : [{ path: place, problem: `the size ${describeQuantity(size)} is none`, fix }];
}
