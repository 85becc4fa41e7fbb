import type { StackConfig } from "../schema.ts";

/** Name of a workload that runs an image of the platform's own. */
export type OwnImage = keyof StackConfig["images"]["overrides"];

/** Complete reference of one of the platform's own images. */
export function ownImage(
  images: Pick<StackConfig["images"], "registry" | "tag" | "overrides">,
  workload: OwnImage,
): string {
  return images.overrides[workload] ?? `${images.registry}/${workload}:${images.tag}`;
}
