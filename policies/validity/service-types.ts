import { isKind } from "../objects/kinds.ts";
import { placesAt } from "../objects/places.ts";
import { fields, isSet, list } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** What only Services of some types have. */
export const serviceTypes = objectRule({
  name: "service-types",
  severity: "mandatory",
  description: "A Service has only what its type has: ports of nodes, an address, another name.",
  why: "The API server refuses the object.",
  reference:
    "https://kubernetes.io/docs/concepts/services-networking/service/#publishing-services-service-types",
  check(object): Violation[] {
    if (!isKind(object, "Service")) return [];
    const spec = fields(object.spec);
    const type = spec.type ?? "ClusterIP";
    if (type === "ExternalName") return problemsOfExternalName(spec);
    const isOpen = type === "NodePort" || type === "LoadBalancer";
    // Types that do not exist are another rule's matter.
    if (!isOpen && type !== "ClusterIP") return [];
    if (isOpen)
      return spec.clusterIP === "None"
        ? [
            {
              path: "spec.clusterIP",
              problem: `a Service of type ${type} has no address`,
              fix: "Leave clusterIP: None out, or write type: ClusterIP",
            },
          ]
        : [];
    const nodePorts = placesAt({ path: "", value: object }, "spec.ports[].nodePort").filter(
      ({ value }) => value !== 0,
    );
    const isBalanced = list(spec.loadBalancerSourceRanges).length > 0;
    const isReachable = list(spec.externalIPs).length > 0;
    return [
      ...nodePorts.map(({ path }) => ({
        path,
        problem: "a Service of type ClusterIP has a port of the nodes",
        fix: "Leave nodePort out, or write type: NodePort",
      })),
      ...(isBalanced ? [onlyFor("loadBalancerSourceRanges", "LoadBalancer")] : []),
      ...(isSet(spec.externalTrafficPolicy) && spec.externalTrafficPolicy !== "" && !isReachable
        ? [onlyFor("externalTrafficPolicy", "NodePort and LoadBalancer")]
        : []),
    ];
  },
});

function onlyFor(field: string, types: string): Violation {
  return {
    path: `spec.${field}`,
    problem: `a Service of type ClusterIP has ${field}, which is for ${types}`,
    fix: "Leave it out, or correct the type",
  };
}

function problemsOfExternalName({ externalName, clusterIP }: ReturnType<typeof fields>): Violation[] {
  if (!externalName)
    return [
      {
        path: "spec.externalName",
        problem: "a Service of type ExternalName has no externalName",
        fix: "Write the host name that it stands for",
      },
    ];
  if (!clusterIP) return [];
  return [
    {
      path: "spec.clusterIP",
      problem: "a Service of type ExternalName has an address",
      fix: "Leave clusterIP out",
    },
  ];
}
