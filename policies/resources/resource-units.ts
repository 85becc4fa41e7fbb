import { z } from "zod";
import { containersOf, podSpecOf } from "../objects/pods.ts";
import { describeQuantity, quantityOf } from "../objects/quantity.ts";
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
      .default(64)
      .meta({ description: "More cores than this no container may have." }),
    fewestBytes: z
      .string()
      .refine((value) => quantityOf(value) !== undefined, "must be a quantity, such as 1Mi")
      .default("1Mi")
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
          const wrong = problemOf(resource, quantities[resource], bounds);
          if (!wrong) return [];
          const problem = `container ${name} has ${sort} of ${resource} of ${describeQuantity(quantities[resource])}, ${wrong.problem}`;
          return [{ path: `${path}.resources.${sort}.${resource}`, problem, fix: wrong.fix }];
        });
      }),
    );
  },
});

/** More cores than any machine has, and fewer bytes than any program needs, say that the unit is wrong. */
interface Bounds {
  readonly mostCores: number;
  readonly fewestBytes: string;
}

function problemOf(
  resource: string,
  value: unknown,
  { mostCores, fewestBytes }: Bounds,
): { problem: string; fix: string } | undefined {
  const quantity = quantityOf(value);
  if (resource === "cpu") {
    const fix = "Write cores, such as 2, or thousandths of one, such as 500m";
    if (!quantity) return { problem: "which is no quantity", fix };
    if (quantity.amount > mostCores) return { problem: `more than ${mostCores} cores`, fix };
    return quantity.amount < 0 ? { problem: "which is negative", fix } : undefined;
  }
  if (!["memory", "ephemeral-storage"].includes(resource)) return undefined;
  const fix = "Write bytes with a unit, such as 128Mi";
  if (!quantity) return { problem: "which is no quantity", fix };
  if (["m", "u", "n"].includes(quantity.unit)) return { problem: "in fractions of a byte", fix };
  // Nothing at all is what some write who want no reservation.
  const fewest = quantityOf(fewestBytes)?.amount ?? 0;
  return quantity.amount !== 0 && quantity.amount < fewest
    ? { problem: `less than ${fewestBytes}`, fix }
    : undefined;
}
