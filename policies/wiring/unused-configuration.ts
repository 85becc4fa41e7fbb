import { askersOf } from "../objects/grants.ts";
import { mentionsIn } from "../objects/mentions.ts";
import { knowsNames, referencesOf } from "../objects/references.ts";
import { similarNames } from "../objects/similar-names.ts";
import { idOf, type Stack, type StackObject } from "../objects/stack.ts";
import { fields, texts } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Configuration that no pod reads was meant to have an effect. */
export const unusedConfiguration = stackRule({
  name: "unused-configuration",
  severity: "advisory",
  description: "Every ConfigMap is read by a pod of its namespace, or named by another object.",
  why: "What it says has no effect, though it looks as if it had.",
  reference: "https://kubernetes.io/docs/concepts/configuration/configmap/#using-configmaps",
  check(stack) {
    // Secrets may be for people and for programs elsewhere; a ConfigMap is for pods.
    const populated = new Set(stack.workloads.map(({ namespace }) => namespace));
    const candidates = stack
      .ofKind("ConfigMap")
      .filter((one) => populated.has(one.namespace) && !isDiscovered(one));
    const used = new Set(
      stack.workloads.flatMap((workload) =>
        referencesOf(workload).map((one) => idOf({ ...one, namespace: workload.namespace })),
      ),
    );
    const unused = candidates.filter((one) => !used.has(idOf(one)));
    if (unused.length === 0) return [];
    const unclear = new Set(
      stack.workloads.filter((one) => !knowsNames(one)).map(({ namespace }) => namespace),
    );
    const isMentioned = mentionsIn(stack);
    const mayAsk = askersOf(stack);
    const isMeant = meantElsewhere(stack);
    return unused
      .filter(({ namespace }) => !unclear.has(namespace) && !mayAsk(namespace, ["get", "list"], "configmaps"))
      .filter((object) => object.name !== "" && !isMentioned(object) && !isMeant(object))
      .map((object) => ({
        object,
        path: "metadata.name",
        problem: `nothing reads ConfigMap ${object.name}`,
        fix: "Mount it, or take its keys into the environment of the container that needs it; or leave it out",
      }));
  },
});

/** Whether a pod names a ConfigMap that is not there, by a name like this one's: that is reported where it is named. */
function meantElsewhere(stack: Stack): (object: StackObject) => boolean {
  const missing = stack.workloads.flatMap((workload) =>
    referencesOf(workload)
      .filter(({ kind, name, isOptional }) => kind === "ConfigMap" && !isOptional && name !== "")
      .filter(({ kind, name }) => !stack.find(kind, workload.namespace, name))
      .map(({ name }) => ({ namespace: workload.namespace, name })),
  );
  const byNamespace = new Map(
    [...Map.groupBy(missing, ({ namespace }) => namespace)].map(([namespace, references]) => [
      namespace,
      similarNames(references.map(({ name }) => name)),
    ]),
  );
  return ({ namespace, name }) => byNamespace.get(namespace)?.(name) ?? false;
}

/** Some are found by a label or an annotation of theirs, such as `grafana_dashboard`, or belong to the cluster. */
function isDiscovered({ namespace, content }: StackObject): boolean {
  const { labels, annotations } = fields(content.metadata);
  const keys = [...Object.keys(texts(labels)), ...Object.keys(texts(annotations))];
  return (
    namespace.startsWith("kube-") ||
    keys.some((key) => /dashboard|datasource|alert|rule|inject|config/i.test(key))
  );
}
