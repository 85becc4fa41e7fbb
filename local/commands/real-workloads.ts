import { realNode } from "../cluster/node/settings.ts";
import { askKubectl, type Kubectl } from "./kubectl.ts";

interface Pod {
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
}

/** Asks a local cluster which workloads of the stack have pods on its real node. @returns their names in order */
export async function realWorkloads(kubectl: Kubectl): Promise<string[]> {
  const command = ["get", "pods", `--field-selector=spec.nodeName=${realNode.name}`];
  return workloadsOf((await askKubectl<{ items: Pod[] }>(kubectl, command)).items);
}

/** The names of the workloads that pods are of, each once; pods without the label are not the stack's. */
export function workloadsOf(pods: readonly Pod[]): string[] {
  const names = pods.flatMap(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] ?? []);
  return [...new Set(names)].sort();
}
