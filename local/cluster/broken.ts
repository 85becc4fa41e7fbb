import { clusterFiles, expectedRoles, logFile, ownershipOf, readRecord } from "./files.ts";
import { ownProcesses } from "./processes.ts";
import { components } from "./settings.ts";

/** Says which components of a running local cluster have ended meanwhile; undefined when none has. */
export async function brokenCluster(args: { stateDir: string; name: string }): Promise<string | undefined> {
  const files = clusterFiles(args);
  const record = readRecord(files);
  const running = await ownProcesses(ownershipOf(files, record));
  const ended = (record ? expectedRoles(record) : components).filter((component) =>
    running.every(({ role }) => role !== component),
  );
  if (ended.length === 0) return undefined;
  const logs = ended.map((component) => `\n  ${logFile(files, component)}`).join("");
  return `The local cluster ${args.name} broke: ${ended.join(", ")} ended. Run the same command again: it restarts the cluster over its objects. Logs:${logs}`;
}
