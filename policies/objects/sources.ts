import { posix } from "node:path";
import type { StackObject } from "./stack.ts";

/** The file that an object was read from, without its line; "" in a Pulumi program. */
export function fileOf({ source = "" }: Pick<StackObject, "source">): string {
  return source.replace(/:\d+$/, "").replaceAll("\\", "/");
}

export function folderOf(object: Pick<StackObject, "source">): string {
  return posix.dirname(fileOf(object));
}
