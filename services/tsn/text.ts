/** Phrases of claims and steps. */
import type { TsnModel } from "./schema.ts";

/** "1 run", "2 runs" */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** "a", "a and b", "a, b and c" */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? `${names[0] ?? ""}` : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** All streams of a model: "stream x", "both streams", "all 3 streams" */
export function streamsOf({ streams }: TsnModel): string {
  if (streams.length === 1) return `stream ${streams[0]?.id}`;
  return streams.length === 2 ? "both streams" : `all ${streams.length} streams`;
}
