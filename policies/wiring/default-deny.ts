import { policyTypesOf } from "../objects/network.ts";
import { fits } from "../objects/selectors.ts";
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
    const byNamespace = Map.groupBy(stack.workloads, ({ namespace }) => namespace);
    // Other kinds of policy may do the same, of a namespace or of the cluster.
    const isFencedOtherwise = stack.objects.some(
      ({ kind, group }) =>
        kind !== "NetworkPolicy" &&
        /^(Cilium|Global|Admin|BaselineAdmin|Cluster).*NetworkPolic/.test(kind) &&
        group !== "",
    );
    if (isFencedOtherwise) return [];
    // Judged where the set makes the namespace and pods in it: otherwise its policies may well be elsewhere.
    return stack.ofKind("Namespace").flatMap((object) => {
      const pods = byNamespace.get(object.name) ?? [];
      if (pods.length === 0 || object.name.startsWith("kube-")) return [];
      const policies = stack.ofKind("NetworkPolicy", object.name);
      const open = ["Ingress", "Egress"].flatMap((direction) => {
        const selectors = policies
          .filter((policy) => policyTypesOf(policy).includes(direction))
          .map(({ content }) => fields(content.spec).podSelector);
        const free = pods.filter(({ labels }) => !selectors.some((selector) => fits(selector, labels)));
        return free.length === 0 ? [] : [{ direction: direction.toLowerCase(), free }];
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
