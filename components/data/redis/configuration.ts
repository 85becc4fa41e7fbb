import { readFileSync } from "node:fs";

/** Directory that the configuration is mounted at. */
export const configurationDirectory = "/etc/redis";

/** The files of the configuration by name. */
export function configurationFiles({ maxmemory }: { readonly maxmemory: string }): Record<string, string> {
  return {
    "redis.conf": `${fileBeside("redis.conf")}maxmemory ${maxmemory}\n`,
    "start.sh": fileBeside("start.sh"),
  };
}

function fileBeside(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}
