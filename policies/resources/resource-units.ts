import { z } from "zod";
import { containersOf, podSpecOf } from "../objects/pods.ts";
import { describeQuantity, quantityOf } from "../objects/quantity.ts";
import { unitFlawOf, usualBounds } from "../objects/units.ts";
import { fields } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Quantities mean what they seem to: no `128m` bytes of memory, no 500 cores. */
export const resourceUnits = objectRule({
  name: "resource-units",
  severity: "mandatory",
  description: "CPU is in cores or thousandths of one, memory and storage in bytes with a unit.",
  why: "A wrong unit is off by thousands: the pod is killed at once, or fits on no node.",
  reference:
    "https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes",
  options: z.object({
    mostCores: z
      .number()
      .positive()
      .default(usualBounds.mostCores)
      .meta({ description: "More cores than this no container may have." }),
    fewestBytes: z
      .string()
      .refine((value) => quantityOf(value) !== undefined, "must be a quantity, such as 1Mi")
      .default(usualBounds.fewestBytes)
      .meta({
        description:
          "Fewer bytes than this, as a quantity, no container may have; none at all is no mistake.",
      }),
  }),
  check(object, bounds) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap(({ path, name, container }) =>
      ["requests", "limits"].flatMap((sort) => {
        const quantities = fields(fields(container.resources)[sort]);
        return Object.keys(quantities).flatMap((resource) => {
          const wrong = unitFlawOf(resource, quantities[resource], bounds);
          if (!wrong) return [];
          const problem = `container ${name} has ${sort} of ${resource} of ${describeQuantity(quantities[resource])}, ${wrong.problem}`;
          return [{ path: `${path}.resources.${sort}.${resource}`, problem, fix: wrong.fix }];
        });
      }),
    );
  },
});
