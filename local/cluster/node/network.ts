import { clusterDomain, type NodeConfig, nodeInterface, realNode, realPodRange } from "./settings.ts";

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

/** Configuration of CoreDNS: the names of the cluster. Any other is refused: nothing beyond it can be reached anyway. */
export function corefile(config: NodeConfig, kubeconfig: string): string {
  return `${clusterDomain}:53 in-addr.arpa:53 {
  bind ${config.nodeAddress}
  errors
  kubernetes {
    kubeconfig ${kubeconfig}
    pods insecure
    ttl 5
  }
}
`;
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
 * The commands of `ip` that connect the node. There is a route to the Services and none to anywhere else: from a pod,
 * nothing beyond the cluster can be reached.
 */
export const connectNode = (config: NodeConfig): string[][] => [
  ["link", "set", "lo", "up"],
  ["address", "add", `${config.nodeAddress}/30`, "dev", nodeInterface],
  ["link", "set", nodeInterface, "up"],
  ["route", "add", config.serviceRange, "via", config.hostAddress, "src", config.nodeAddress],
];
