import { containersOf, podSpecOf } from "../objects/pods.ts";
import { quantityOf } from "../objects/quantity.ts";
import { unitFlawOf, usualBounds } from "../objects/units.ts";
import { fields } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** No container requests more than its limit. */
export const requestsWithinLimits = objectRule({
  name: "requests-within-limits",
  severity: "mandatory",
  description: "A container requests no more than its limit.",
  why: "The API server refuses every such pod, so the workload never gets any.",
  reference: "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/",
  yieldsTo: ["resource-units"],
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap(({ path, name, container }) => {
      const { requests, limits } = fields(container.resources);
      return Object.keys(fields(requests)).flatMap((resource) => {
        const asked = quantityOf(fields(requests)[resource]);
        const most = quantityOf(fields(limits)[resource]);
        if (!asked || !most || asked.amount <= most.amount) return [];
        // A limit in the wrong unit is the one to change.
        const sort = unitFlawOf(resource, fields(limits)[resource], usualBounds) ? "limits" : "requests";
        return [
          {
            path: `${path}.resources.${sort}.${resource}`,
            problem: `container ${name} requests ${String(fields(requests)[resource])} of ${resource}, its limit is ${String(fields(limits)[resource])}`,
            fix: "Lower the request, or raise the limit",
          },
        ];
      });
    });
  },
});
