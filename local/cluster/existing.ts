import { clusterFiles, readRecord } from "./files.ts";
import type { FormName } from "./form.ts";
import { isKind, kindContext } from "./kind.ts";
import type { ClusterArgs } from "./plan.ts";

/** A local cluster as its files describe it, whether it runs at this moment or not. */
export interface ExistingCluster {
  readonly form: FormName;
  readonly kubeconfig: string;
  readonly context: string;
  /** URL on 127.0.0.1 that leads to the stack's gateway. @default none: no container runs, or they are kind's */
  readonly gateway?: string;
}

/** The cluster of a stack; undefined when none was finished. Changes nothing. */
export function existingCluster(args: Pick<ClusterArgs, "stateDir" | "name">): ExistingCluster | undefined {
  const files = clusterFiles(args);
  const { kubeconfig } = files;
  if (isKind(files)) return { form: "kind", kubeconfig, context: kindContext(files) };
  const record = readRecord(files);
  if (!record) return undefined;
  const place = { kubeconfig, context: files.name };
  if (!record.node) return { form: "simulated", ...place };
  return { form: "node", ...place, gateway: `http://127.0.0.1:${record.node.gatewayPort}` };
}
