import { type OwnImageName, ownImages } from "../../images/programs.ts";
import { parsedStack } from "../parsed-stack.ts";
import type { ImageName } from "./recipes.ts";
import { type StandInName, standIns } from "./stand-ins.ts";

/**
 * The references by which the pods of a stack of this checkout ask for images.
 *
 * @throws Error that lists what is wrong with the stack's configuration
 */
export function stackReferences(stack: string): Record<ImageName, string> {
  const config = parsedStack(stack);
  const { registry, tag } = config.images;
  const overrides: Readonly<Partial<Record<string, string>>> = config.images.overrides;
  const own = Object.keys(ownImages).map((name) => [name, overrides[name] ?? `${registry}/${name}:${tag}`]);
  const published = Object.entries(standIns).map(([name, standIn]) => [
    name,
    config.images[standIn.configured],
  ]);
  return {
    ...(Object.fromEntries(own) as Record<OwnImageName, string>),
    ...(Object.fromEntries(published) as Record<StandInName, string>),
  };
}
