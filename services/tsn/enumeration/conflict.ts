/** Re-check that streams have no schedule together. */
import type { Recheck } from "../../database/verification.ts";
import type { TsnModel } from "../schema.ts";
import { ordersDecide, tryOrders } from "./orders.ts";

const steps = 200_000;

/** Tries all orders of windows of these streams, when they are few enough. */
export function recheckConflict(
  model: TsnModel,
  ids: readonly string[],
  hyperperiodNs: number,
): { readonly schedulable: boolean; readonly recheck: Recheck } {
  const small = { ...model, streams: model.streams.filter(({ id }) => ids.includes(id)) };
  if (!ordersDecide(small)) {
    const detail = "windows in ticks of more than 1 ns are not enumerated";
    return { schedulable: false, recheck: { method: "none", detail } };
  }
  const found = tryOrders(small, hyperperiodNs, steps);
  if (found === "too-many") {
    const detail = `there are too many orders of windows to try: gave up after ${steps} steps`;
    return { schedulable: false, recheck: { method: "none", detail } };
  }
  const detail =
    "all orders of the windows of these streams were tried: each asks a window to begin after itself";
  return { schedulable: found === "schedulable", recheck: { method: "enumeration", detail } };
}
