/** What a Kubernetes node needs besides kubelet and kube-proxy, from Debian packages. */
import { dirname } from "node:path";
import type { Report } from "../../report.ts";
import { type DebianMachine, debianTree } from "./index.ts";

export interface ContainerRuntime {
  /** containerd, with the shim that it starts, and its client. */
  readonly containerd: string;
  readonly ctr: string;
  readonly runc: string;
  /** Folder of all programs: these, nft, ip, iptables, conntrack. To be put first on PATH of whatever starts them. */
  readonly bin: string;
  /** Folder of the CNI plugins: bridge, host-local, loopback, portmap and others. */
  readonly cniPlugins: string;
  /** Version of each package, by name. */
  readonly packages: Readonly<Record<string, string>>;
}

/**
 * The container runtime and the network programs of one Debian release, which fit each other, unpacked into the cache;
 * whatever this machine has installed is left alone. Running them takes root, unpacking does not.
 *
 * @throws DebianError where the machine is not Debian or Ubuntu, or its package sources cannot be reached.
 */
export async function containerRuntime(args: {
  report: Report;
  signal: AbortSignal;
  /** @default this machine */
  machine?: DebianMachine;
}): Promise<ContainerRuntime> {
  const { root, programs, packages } = await debianTree({
    ...args,
    set: "container-runtime",
    packages: [
      "containerd",
      "runc",
      "containernetworking-plugins",
      "nftables",
      "iproute2",
      "iptables",
      "conntrack",
    ],
    exclude: ["debconf"],
    omit: ["usr/share/{doc,man,locale,bash-completion}"],
    libc: "machine",
    run: {
      programs: {
        containerd: "usr/bin/containerd",
        "containerd-shim-runc-v2": "usr/bin/containerd-shim-runc-v2",
        ctr: "usr/bin/ctr",
        runc: "usr/sbin/runc",
        nft: "usr/sbin/nft",
        ip: "usr/bin/ip",
        // On an installed machine these names are links that an installation script makes.
        iptables: "usr/sbin/iptables-nft",
        ip6tables: "usr/sbin/ip6tables-nft",
        "iptables-save": "usr/sbin/iptables-nft-save",
        "iptables-restore": "usr/sbin/iptables-nft-restore",
        conntrack: "usr/sbin/conntrack",
      },
      paths: { XTABLES_LIBDIR: "usr/lib/*/xtables" },
    },
  });
  const path = (name: string) => programs[name] ?? "";
  return {
    containerd: path("containerd"),
    ctr: path("ctr"),
    runc: path("runc"),
    bin: dirname(path("containerd")),
    cniPlugins: `${root}/usr/lib/cni`,
    packages,
  };
}
