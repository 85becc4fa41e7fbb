import { textBeside } from "../../foundation/text-beside.ts";

/** Directory that the configuration is mounted at. */
export const configurationDirectory = "/etc/redis";

/** The files of the configuration by name. */
export function configurationFiles({ maxmemory }: { readonly maxmemory: string }): Record<string, string> {
  return {
    "redis.conf": `${textBeside(import.meta.url, "redis.conf")}maxmemory ${maxmemory}\n`,
    "start.sh": textBeside(import.meta.url, "start.sh"),
  };
}
