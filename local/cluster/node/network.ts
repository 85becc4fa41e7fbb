import { type NodeConfig, nodeInterface, policyQueue, realNode, realPodRange } from "./settings.ts";

/** Configuration of kube-proxy (kubeproxy.config.k8s.io/v1alpha1). */
export function proxyConfig(config: NodeConfig, kubeconfig: string): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    bindAddress: config.nodeAddress,
    hostnameOverride: realNode.name,
    clientConnection: { kubeconfig },
    mode: "nftables",
    // A second by default, for clusters of thousands of Services.
    nftables: { minSyncPeriod: "100ms" },
    clusterCIDR: realPodRange,
    healthzBindAddress: "127.0.0.1:10256",
    metricsBindAddress: "127.0.0.1:10249",
    // These settings are the whole machine's, not the namespace's: left as they are.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
  };
}

/**
 * Rules of nftables beside those of kube-proxy: what pods send out through the line carries the node's address, as the
 * machine knows no way to theirs.
 */
export const masquerade = `table ip local-cluster {
  chain postrouting {
    type nat hook postrouting priority srcnat;
    ip saddr ${realPodRange} oifname "${nodeInterface}" masquerade
  }
}
`;

/**
 * Rules of iptables by which every connection of a pod waits, with its first packet, for the judgement of the cluster's
 * network policies: to and from other pods and beyond, and to the node itself. By then the address of a Service is that of a
 * pod. What the node's own programs say to pods is not judged: the kubelet's probes must reach them. While nobody judges,
 * nothing passes.
 *
 * In a table of iptables, as not every kernel has the statement `queue` of nftables.
 */
export const judgement = [
  "*mangle",
  ...["FORWARD", `INPUT -s ${realPodRange}`].map(
    (where) => `-A ${where} -m conntrack --ctstate NEW -j NFQUEUE --queue-num ${policyQueue}`,
  ),
  "COMMIT",
  "",
].join("\n");

/**
 * The commands of `ip` that connect the node. There is a route to the Services and none to anywhere else: from a pod,
 * nothing beyond the cluster can be reached.
 */
export const connectNode = (config: NodeConfig): string[][] => [
  ["link", "set", "lo", "up"],
  ["address", "add", `${config.nodeAddress}/30`, "dev", nodeInterface],
  ["link", "set", nodeInterface, "up"],
  ["route", "add", config.serviceRange, "via", config.hostAddress, "src", config.nodeAddress],
];
