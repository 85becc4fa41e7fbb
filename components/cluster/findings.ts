import { installedVersions } from "../contract/operators.ts";
import type { ClusterConfig } from "../foundation/cluster.ts";
import type { Findings } from "./presence.ts";

/**
 * Asks a cluster what it has, by the context that the stack is deployed to.
 *
 * @throws Error when there is no such context, and of the client when the cluster does not answer or refuses to
 */
export async function findings({ context, kubeconfig }: ClusterConfig): Promise<Findings> {
  // Loaded only here: most stacks need no operator, and a preview of theirs should not wait for it.
  const { ApiException, CoreV1Api, KubeConfig, VersionApi } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else if (/[\n{]/.test(kubeconfig)) config.loadFromString(kubeconfig);
  else config.loadFromFile(kubeconfig);
  if (!config.getContextObject(context)) throw new Error("the kubeconfig has no such context");
  config.setCurrentContext(context);
  const { gitVersion } = await config.makeApiClient(VersionApi).getCode();
  try {
    const { data = {} } = await config.makeApiClient(CoreV1Api).readNamespacedConfigMap(installedVersions);
    return { kubernetes: gitVersion.replace(/^v/, ""), installed: data };
  } catch (error) {
    if (!(error instanceof ApiException) || error.code !== 404) throw error;
    return { kubernetes: gitVersion.replace(/^v/, ""), installed: undefined };
  }
}
