import type { StackConfig } from "./schema.ts";

type Images = StackConfig["images"];

/** Where a registry with copies, if there is any, has an image: under the whole of its own name, so that no two are one. */
export function mirrored(reference: string, mirror: string): string {
  return mirror === "" || reference.startsWith(`${mirror}/`) ? reference : `${mirror}/${reference}`;
}

/** The images of a configuration, each from the mirror. */
export function mirroredImages(images: Images, mirror: string): Images {
  const { registry, tag, overrides, pullSecrets, ...published } = images;
  const each = <T extends object>(references: T) =>
    Object.fromEntries(
      Object.entries(references).map(([name, reference]) => [name, mirrored(String(reference), mirror)]),
    ) as T;
  return {
    ...each(published),
    registry: mirrored(registry, mirror),
    tag,
    overrides: each(overrides),
    pullSecrets,
  };
}
