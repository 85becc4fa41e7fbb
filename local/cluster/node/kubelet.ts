import { dnsAddress } from "../settings.ts";
import { groupName } from "./cgroups.ts";
import {
  clusterDomain,
  inside,
  type NodeConfig,
  realNode,
  realNodeLabel,
  realNodeTaint,
} from "./settings.ts";

/** Configuration of the kubelet (kubelet.config.k8s.io/v1beta1). */
export function kubeletConfig(config: NodeConfig): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: config.nodeAddress,
    readOnlyPort: 0,
    healthzBindAddress: "127.0.0.1",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${config.pki}/ca.crt` },
    },
    authorization: { mode: "Webhook" },
    rotateCertificates: true,
    containerRuntimeEndpoint: `unix://${inside.containerdSocket}`,
    cgroupDriver: "cgroupfs",
    cgroupRoot: `/${groupName(config.id)}`,
    failCgroupV1: false,
    failSwapOn: false,
    clusterDomain,
    clusterDNS: [dnsAddress],
    staticPodPath: inside.manifests,
    // Names outside the cluster are not resolved.
    resolvConf: "",
    podLogsDir: inside.podLogs,
    volumePluginDir: `${inside.kubelet}/volume-plugins`,
    registerWithTaints: [realNodeTaint],
    // Images are imported and could not be pulled again; a full disk is the user's to clear, not by ending pods.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": "0%",
      "nodefs.inodesFree": "0%",
      "imagefs.available": "0%",
      "imagefs.inodesFree": "0%",
    },
    // All pods of a stack start at once.
    registryPullQPS: 0,
    eventRecordQPS: 0,
    kubeAPIQPS: 100,
    kubeAPIBurst: 200,
    nodeStatusUpdateFrequency: "10s",
    shutdownGracePeriod: "0s",
  };
}

export function kubeletArguments(config: NodeConfig, files: { config: string; bootstrap: string }): string[] {
  const labels = {
    "topology.kubernetes.io/region": config.region,
    "topology.kubernetes.io/zone": realNode.zone,
    [realNodeLabel.key]: realNodeLabel.value,
  };
  return [
    "--config",
    files.config,
    // With the administrator's certificate it asks for one of its own: system:node:NAME, for the Node authorizer.
    `--bootstrap-kubeconfig=${files.bootstrap}`,
    `--kubeconfig=${inside.kubelet}/kubeconfig`,
    `--cert-dir=${inside.kubelet}/pki`,
    `--root-dir=${inside.kubelet}`,
    `--hostname-override=${realNode.name}`,
    `--node-ip=${config.nodeAddress}`,
    `--node-labels=${Object.entries(labels)
      .map(([key, value]) => `${key}=${value}`)
      .join(",")}`,
  ];
}
