import { quantityOf } from "./quantity.ts";

/** More cores than any machine has, and fewer bytes than any program needs, say that the unit is wrong. */
export interface UnitBounds {
  readonly mostCores: number;
  /** As a quantity. */
  readonly fewestBytes: string;
}

export const usualBounds: UnitBounds = { mostCores: 64, fewestBytes: "1Mi" };

/** What is wrong with the unit of a quantity, and what to write instead; undefined where nothing is. */
export function unitFlawOf(
  resource: string,
  value: unknown,
  { mostCores, fewestBytes }: UnitBounds,
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
