const units: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity, with the unit that it is written in. */
interface Quantity {
  /** Cores, bytes, or whatever is counted. */
  readonly amount: number;
  /** Such as `Mi`; "" without one. */
  readonly unit: string;
}

/**
 * Reads a quantity such as `250m`, `1.5`, `512Mi` or `1e3`; undefined for anything else.
 * https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#resource-units-in-kubernetes
 */
export function quantityOf(value: unknown): Quantity | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? { amount: value, unit: "" } : undefined;
  if (typeof value !== "string") return undefined;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]))?$/.exec(value);
  if (!match) return undefined;
  const unit = match[3] ?? "";
  return { amount: Number(`${match[1]}${match[2] ?? ""}`) * (units[unit] ?? 1), unit };
}

/** A quantity for a message, if it has the form of one, with whatever unit: what people wrote by mistake may be anything. */
export function describeQuantity(value: unknown): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" && /^[+-]?[\d.,]{1,20} ?[A-Za-z]{0,5}$/.test(value)
    ? value
    : "another form";
}
