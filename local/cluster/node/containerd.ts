import { inside, realPodRange, sandboxImage } from "./settings.ts";

/**
 * Configuration of containerd (version 2 of its format: https://github.com/containerd/containerd/blob/release/1.6/docs/cri/config.md).
 * @param cniConfigDir folder of the network configuration, inside the node
 */
export function containerdConfig(args: {
  readonly snapshotter: "overlayfs" | "native";
  readonly cniPlugins: string;
  readonly cniConfigDir: string;
}): string {
  const text = (value: string) => JSON.stringify(value);
  return `version = 2
root = ${text(inside.containerd)}
state = "/run/containerd"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]

[grpc]
  address = ${text(inside.containerdSocket)}

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = ${text(sandboxImage)}
  # Without CAP_SYS_RESOURCE, as in many virtual machines and containers, no score below the own one can be set.
  restrict_oom_score_adj = true
  # Its profile would be loaded into the machine's kernel and stay there.
  disable_apparmor = true

[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = ${text(args.snapshotter)}
  default_runtime_name = "runc"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"

[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false

[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = ${text(args.cniPlugins)}
  conf_dir = ${text(args.cniConfigDir)}
`;
}

/**
 * The pods' network: a routed line to each (CNI plugin ptp). Over a bridge, answers between two pods of a Service would
 * pass by the translation of addresses on machines whose kernel has no bridge netfilter.
 */
export const cniConfig = {
  cniVersion: "0.4.0",
  name: "pods",
  plugins: [
    {
      type: "ptp",
      ipMasq: false,
      ipam: { type: "host-local", ranges: [[{ subnet: realPodRange }]], routes: [{ dst: "0.0.0.0/0" }] },
    },
  ],
};
