import { askersOf } from "../objects/grants.ts";
import { isKind } from "../objects/kinds.ts";
import { namesNamespace } from "../objects/namespaces.ts";
import { madeByOperators } from "../objects/operators.ts";
import { type Reference, referencesOf } from "../objects/references.ts";
import { folderOf } from "../objects/sources.ts";
import type { Stack, StackObject, Workload } from "../objects/stack.ts";
import { at, fields, list, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** What a pod names and cannot start without must be made by somebody. */
export const missingReferences = stackRule({
  name: "missing-references",
  severity: "mandatory",
  description:
    "The ConfigMaps, Secrets, claims and accounts that pods name are there, in the pods' namespace.",
  why: "The pods are never created, or never start.",
  reference: "https://kubernetes.io/docs/concepts/configuration/configmap/#configmaps-and-pods",
  check(stack) {
    const mayBeMade = madeByOperators(stack);
    const made = madeSecrets(stack);
    const mayAsk = askersOf(stack);
    const own = stack.objects.filter(({ content }) => isKind(content, ...Object.keys(resources)));
    const elsewhere = new Map(own.map(({ kind, name, namespace }) => [`${kind} ${name}`, namespace]));
    // What names no namespace goes wherever somebody applies it to.
    const anywhere = new Set(
      own.filter((one) => namesNamespace(one) === false).map(({ kind, name }) => `${kind} ${name}`),
    );
    const isEvident = evidenceOf(own);
    return stack.workloads.flatMap((object) => {
      const reported = new Set<string>();
      return referencesOf(object).flatMap((reference) => {
        const { kind, name, path, by, isOptional } = reference;
        const { namespace } = object;
        if (isOptional || isThere(stack, object, reference) || reported.has(`${kind} ${name}`)) return [];
        if (anywhere.has(`${kind} ${name}`)) return [];
        if (kind === "Secret" && made.has(`${namespace} ${name}`)) return [];
        // Operators make it, or a program here that may: a first start that makes up a password.
        if (mayBeMade(namespace, [name]) || mayAsk(namespace, ["create"], resources[kind])) return [];
        const other = elsewhere.get(`${kind} ${name}`);
        // Secrets are often made by hand: only a set that makes others there shows that it makes them all.
        if (other === undefined && !isEvident(object, kind)) return [];
        reported.add(`${kind} ${name}`);
        const where = other === undefined ? "" : `; the one of namespace ${other} cannot be used`;
        return [
          {
            object,
            path,
            problem: `${by} names ${kind} ${name}, which is not in namespace ${namespace}${where}`,
            fix: `Make ${kind} ${name} there, or name one that is`,
          },
        ];
      });
    });
  },
});

const resources = {
  ConfigMap: "configmaps",
  Secret: "secrets",
  PersistentVolumeClaim: "persistentvolumeclaims",
  ServiceAccount: "serviceaccounts",
};

function isThere(stack: Stack, workload: Workload, { kind, name, volume }: Reference): boolean {
  const { namespace } = workload;
  // A claim's template takes the place of the volume of its name.
  if (kind === "PersistentVolumeClaim" && templatesOf(workload).includes(volume ?? "")) return true;
  if (stack.find(kind, namespace, name)) return true;
  // Kubernetes makes these in every namespace.
  if (kind === "ServiceAccount") return name === "default";
  if (kind === "ConfigMap") return ["kube-root-ca.crt", "openshift-service-ca.crt"].includes(name);
  return kind === "PersistentVolumeClaim" && isClaimOfStatefulSet(stack, namespace, name);
}

/** Claims made from a template are called TEMPLATE-STATEFULSET-NUMBER. */
function isClaimOfStatefulSet(stack: Stack, namespace: string, claim: string): boolean {
  return stack
    .ofKind("StatefulSet", namespace)
    .some((set) =>
      templatesOf(set).some((template) => /^\d+$/.test(claim.replace(`${template}-${set.name}-`, ""))),
    );
}

function templatesOf({ content }: StackObject): string[] {
  return list(at(content, "spec", "volumeClaimTemplates")).flatMap(
    (one) => text(fields(fields(one).metadata).name) ?? [],
  );
}

/**
 * Where the set makes an object of this kind in the namespace, and knows their names, it may be taken to make all of them. What
 * names no namespace may go to another than objects of other folders.
 */
function evidenceOf(objects: readonly StackObject[]): (workload: Workload, kind: string) => boolean {
  const placeOf = ({ namespace }: StackObject, kind: string) => `${kind} ${namespace}`;
  const cornerOf = (one: StackObject, kind: string) => `${placeOf(one, kind)} ${folderOf(one)}`;
  const inNamespace = Map.groupBy(objects, (one) => placeOf(one, one.kind));
  const inFolder = Map.groupBy(objects, (one) => cornerOf(one, one.kind));
  const evident = new Set(
    [...inNamespace, ...inFolder].flatMap(([place, others]) =>
      others.every(({ name }) => name !== "") ? [place] : [],
    ),
  );
  return (workload, kind) =>
    evident.has(namesNamespace(workload) !== false ? placeOf(workload, kind) : cornerOf(workload, kind));
}

/** Secrets that others make from a name that they are given: certificates, sealed and external Secrets. */
function madeSecrets(stack: Stack): Set<string> {
  return new Set(
    stack.objects.flatMap(({ kind, namespace, name, content }) => {
      const spec = fields(content.spec);
      const names = list(spec.tls).map((one) => fields(one).secretName);
      if (/Secret$/.test(kind) && kind !== "Secret") names.push(name, at(spec, "target", "name"));
      names.push(spec.secretName, at(spec, "destination", "name"));
      return names.flatMap((one) => (text(one) ? [`${namespace} ${text(one)}`] : []));
    }),
  );
}
