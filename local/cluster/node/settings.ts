/** What a real node of the local cluster is made of: names, addresses and paths that its parts agree on. */

/** The one node whose pods run for real, beside those that kwok plays. Shares a zone with the first of them. */
export const realNode = { name: "machine", zone: "local-a" };

/** Keeps away every pod that the admission policy does not send here. */
export const realNodeTaint = { key: "local-cluster/real", value: "true", effect: "NoSchedule" } as const;

/** Carried by the real node alone; pods that run for real select it. */
export const realNodeLabel = { key: "local-cluster/real", value: "true" } as const;

/** Pods on the real node; inside its own network namespace, so that several clusters may use the same range. */
export const realPodRange = "10.245.0.0/16";

export const clusterDomain = "cluster.local";

/**
 * Paths inside the node's mount namespace, where /run is its own. Short, as sockets lie below them, whose paths Linux
 * limits to 108 characters.
 */
export const inside = {
  /** The node's folder among the cluster's files. */
  home: "/run/node",
  containerdSocket: "/run/containerd/containerd.sock",
  kubelet: "/run/node/kubelet",
  containerd: "/run/node/containerd",
  podLogs: "/run/node/pod-logs",
  /** One folder a volume, named like it. */
  volumes: "/run/node/volumes",
  /** Pods that the kubelet runs by itself. */
  manifests: "/run/node/manifests",
  /** What the pod of DNS reads. */
  dns: "/run/node/dns",
} as const;

/** File of the node's folder that names the snapshotter of containerd. */
export const snapshotterFile = "snapshotter";

/** The network interface of the node inside its namespace. */
export const nodeInterface = "eth0";

/** Port of the node's address where pods reach the API server, as they do in most clusters. */
export const apiEndpointPort = 6443;

/** Number of the queue in which connections wait for the judgement of the network policies; the namespace has no other. */
export const policyQueue = 0;

/** The image of the container that holds a pod together; made here, of a name that no registry has (RFC 9476: `.alt`). */
export const sandboxImage = "local-cluster.alt/pause:1";

/** Programs that run on the node as long as it does. */
export const daemons = ["containerd", "kubelet", "kube-proxy", "kube-network-policies"] as const;
export type Daemon = (typeof daemons)[number];

/** What a real node needs beyond the tools of the control plane. */
export interface NodeTools {
  /** Folder of containerd, containerd-shim-runc-v2, ctr, runc, nft and ip. */
  readonly bin: string;
  /** Folder of the CNI plugins; of them ptp, host-local and loopback are used. */
  readonly cniPlugins: string;
  readonly kubelet: string;
  readonly "kube-proxy": string;
  /** What judges connections by the cluster's network policies. */
  readonly "kube-network-policies": string;
  /** A static program. */
  readonly coredns: string;
  /** A static program that waits for a signal. */
  readonly pause: string;
}

/** An image that pods may use, as an archive in the form of the Open Container Initiative. */
export interface NodeImage {
  /** As pods name it. */
  readonly reference: string;
  /** Path of the archive. */
  readonly archive: string;
  /** Changes with the content of the archive. */
  readonly digest: string;
}

/** The two ends of the line between machine and node, and what tells this node's traces from others'. */
export interface NodeIdentity {
  /** Eight hexadecimal digits. */
  readonly id: string;
  /** IPv4 address of the machine's end. */
  readonly hostAddress: string;
  /** IPv4 address of the node's end, and of the node. */
  readonly nodeAddress: string;
  /** Port of 127.0.0.1 that leads to the gateway, and of the node's address where it arrives. */
  readonly gatewayPort: number;
}

/** Everything that the programs of a node read at their start. */
export interface NodeConfig extends NodeIdentity {
  /** The node's folder among the cluster's files, absolute. */
  readonly home: string;
  readonly tools: NodeTools;
  /** Port of the API server on 127.0.0.1, and of the relay on the machine's end of the line. */
  readonly apiPort: number;
  readonly serviceRange: string;
  /** Name of the Service that `gatewayPort` leads to. */
  readonly gatewayService: string;
  /** Folder of the cluster's certificates. */
  readonly pki: string;
  readonly region: string;
}
