import type { ClusterTools, NodeTools } from "../../local/cluster/index.ts";
import { terminalReport } from "../../local/report.ts";
import { containerRuntime } from "../../local/toolchain/debian/container-runtime.ts";
import { ensureTools, type ToolName } from "../../local/toolchain/index.ts";

async function paths<Name extends ToolName>(names: readonly Name[]): Promise<Record<Name, string>> {
  const found = await ensureTools(names, terminalReport());
  return Object.fromEntries(names.map((name) => [name, found[name].path])) as Record<Name, string>;
}

/** Finds or makes the tools of every cluster. */
export function clusterTools(): Promise<ClusterTools> {
  return paths([
    "kwokctl",
    "kwok",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-scheduler",
    "etcd",
    "kubectl",
  ]);
}

/** Finds or makes what a real node needs beyond them. */
export async function nodeTools(): Promise<NodeTools> {
  const { signal } = new AbortController();
  const { bin, cniPlugins } = await containerRuntime({ report: terminalReport(), signal });
  return {
    bin,
    cniPlugins,
    ...(await paths(["kubelet", "kube-proxy", "kube-network-policies", "coredns", "pause"])),
  };
}
