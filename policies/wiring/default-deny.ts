import { isKind } from "../objects/kinds.ts";
import { directionsOf } from "../objects/network-policies.ts";
import { isEmptySelector } from "../objects/selectors.ts";
import type { Stack, StackObject, Workload } from "../objects/stack.ts";
import { fields } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** A pod that no policy selects talks to everyone. */
export const defaultDeny = stackRule({
  name: "default-deny",
  severity: "mandatory",
  description: "A namespace denies its pods all traffic, in and out, that no NetworkPolicy allows.",
  why: "A pod that no policy selects is reached by every pod of the cluster, and reaches everything.",
  reference:
    "https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic",
  check(stack) {
    if (stack.objects.some(({ kind }) => ofClusters.test(kind))) return [];
    const byNamespace = Map.groupBy(stack.workloads, ({ namespace }) => namespace);
    const fencedOtherwise = new Set(stack.objects.filter(isOfOthers).map(({ namespace }) => namespace));
    // Judged where the set makes the namespace and pods in it: otherwise its policies may well be elsewhere.
    return stack.ofKind("Namespace").flatMap((object) => {
      const pods = byNamespace.get(object.name) ?? [];
      if (pods.length === 0 || object.name.startsWith("kube-") || fencedOtherwise.has(object.name)) return [];
      const open = (["ingress", "egress"] as const).flatMap((direction) => {
        const free = unfencedPods(stack, object.name, pods, direction);
        return free.length === 0 ? [] : [{ direction, free }];
      });
      if (open.length === 0) return [];
      const names = [...new Set(open.flatMap(({ free }) => free.map(({ name }) => name)))];
      const shown =
        names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
      const directions = open.map(({ direction }) => direction).join(" and ");
      return [
        {
          object,
          path: "metadata.name",
          problem: `namespace ${object.name} leaves ${directions} of ${shown} open`,
          fix: "Add a NetworkPolicy with podSelector: {} and policyTypes: [Ingress, Egress], and one for each workload with what it needs",
        },
      ];
    });
  },
});

/** Policies that may fence every namespace: of Cilium, Calico, Antrea, and of the network policy API. */
const ofClusters = /^(?:CiliumClusterwide|Global|Admin|BaselineAdmin|Cluster)NetworkPolicy$/;

/** Policies of Cilium or Calico for their own namespace, which may well deny what nobody allows. */
function isOfOthers({ kind, content }: StackObject): boolean {
  return /^(?:Cilium)?NetworkPolicy$/.test(kind) && !isKind(content, "NetworkPolicy");
}

/** Those pods of a namespace that none of its policies selects for a direction. */
function unfencedPods(
  stack: Stack,
  namespace: string,
  pods: readonly Workload[],
  direction: "ingress" | "egress",
): Workload[] {
  const selectors = stack
    .ofKind("NetworkPolicy", namespace)
    .filter(({ content }) => directionsOf(content).includes(direction))
    .map(({ content }) => fields(content.spec).podSelector);
  if (selectors.some(isEmptySelector)) return [];
  const free = new Set(pods);
  for (const selector of selectors) {
    // Often the first few select all.
    if (free.size === 0) break;
    for (const pod of stack.podsFitting(namespace, selector)) free.delete(pod);
  }
  return [...free];
}
