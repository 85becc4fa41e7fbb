import { posix } from "node:path";
import { isKept } from "../objects/claims.ts";
import { type Server, serversOf } from "../objects/servers.ts";
import { fields, isSet, list, text } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

/** PostgreSQL's own image and those made from it; from version 18 on, its directory is below the volume by itself. */
export const dataDirectories = stackRule({
  name: "data-directories",
  severity: "mandatory",
  description: "PostgreSQL keeps its data in a directory below its volume, not in the volume's root.",
  why: "PostgreSQL's initdb refuses a directory that holds lost+found, which most new file systems have in their root.",
  reference: "https://github.com/docker-library/docs/blob/master/postgres/README.md#pgdata",
  check: (stack) => serversOf(stack, "postgres").flatMap(violationsOf),
});

function violationsOf({ workload, container, env, image, words }: Server): StackViolation[] {
  // Bitnami's image makes a directory of its own.
  if (image === "postgresql" || env.hasMore) return [];
  const option = words[words.indexOf("-D") + 1];
  const data =
    (words.includes("-D") ? option : undefined) ??
    (env.values.has("PGDATA") ? env.values.get("PGDATA") : "/var/lib/postgresql/data");
  if (data === undefined) return [];
  const volumes = new Map(list(workload.pod.spec.volumes).map((volume) => [fields(volume).name, volume]));
  const templates = list(fields(workload.content.spec).volumeClaimTemplates).map((claim) =>
    text(fields(fields(claim).metadata).name),
  );
  return list(container.container.volumeMounts).flatMap((item, index) => {
    const { name, mountPath, subPath, subPathExpr } = fields(item);
    const isVolume = templates.includes(text(name)) || isBlock(volumes.get(name));
    if (!isVolume || isSet(subPath) || isSet(subPathExpr)) return [];
    if (posix.resolve("/", text(mountPath) ?? "") !== posix.resolve("/", data)) return [];
    return [
      {
        object: workload,
        path: `${container.path}.volumeMounts[${index}].mountPath`,
        problem: `container ${container.name} keeps its data in the root of volume ${text(name)} (${data})`,
        fix: `Set PGDATA to a directory below, such as ${posix.join(data, "pgdata")}, or mount with subPath: pgdata`,
      },
    ];
  });
}

/** A volume with a file system of its own; a folder of a node or a share has no lost+found. */
function isBlock(volume: unknown): boolean {
  const { hostPath, nfs } = fields(volume);
  return isKept(volume) && !isSet(hostPath) && !isSet(nfs);
}
