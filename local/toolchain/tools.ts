/** The programs that the local commands need: which versions fit, how to ask them, where they come from. */
import { type ModuleName, providerVersion, versions } from "./modules.ts";
import { systemPrograms } from "./system-programs.ts";
import type { Platform, ToolName, ToolSpec } from "./tool-spec.ts";

function kubernetesDownload(name: string, platforms: readonly Platform["os"][]): ToolSpec["official"] {
  return ({ os, arch }) => {
    if (!platforms.includes(os)) return undefined;
    const probe = `https://dl.k8s.io/release/v${versions.kubernetes}/bin/${os}/${arch}/${name}`;
    return { kind: "download", version: versions.kubernetes, probe, sums: `${probe}.sha256` };
  };
}

interface KubernetesProgram {
  readonly name: "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kubelet" | "kube-proxy";
  readonly unit: string;
  readonly module: ModuleName;
}

function kubernetesProgram({ name, unit, module }: KubernetesProgram): ToolSpec {
  return {
    name,
    unit,
    accepted: ">=1.34.0 <1.37.0-0",
    query: { kind: "command", argv: ["--version"], pattern: /Kubernetes v(\S+)/ },
    official: kubernetesDownload(name, ["linux"]),
    build: { module, package: `k8s.io/kubernetes/cmd/${name}`, version: versions.kubernetes },
    install: "https://kubernetes.io/releases/download/#binaries",
  };
}

function controlPlane(name: "kube-apiserver" | "kube-controller-manager" | "kube-scheduler"): ToolSpec {
  return kubernetesProgram({ name, unit: "control plane", module: "kubernetes" });
}

/** A unit of its own: only a cluster with a real node needs it. */
function nodeProgram(name: "kubelet" | "kube-proxy"): ToolSpec {
  return kubernetesProgram({ name, unit: "node", module: "kubernetes-node" });
}

function kwokProgram(name: "kwok" | "kwokctl"): ToolSpec {
  return {
    name,
    unit: "kwok",
    accepted: ">=0.8.0 <0.9.0-0",
    query: { kind: "command", argv: ["--version"], pattern: /version v?(\d\S*)/ },
    official: ({ os, arch }) => ({
      kind: "download",
      version: versions.kwok,
      probe: `https://github.com/kubernetes-sigs/kwok/releases/download/v${versions.kwok}/${name}-${os}-${arch}`,
    }),
    build: { module: "kwok", package: `sigs.k8s.io/kwok/cmd/${name}`, version: versions.kwok },
    install: "https://kwok.sigs.k8s.io/docs/user/installation/",
  };
}

/** The wheels of Z3 on PyPI, by platform, with the digests that PyPI publishes. */
const z3Wheels = {
  "linux-amd64": {
    platformTag: "manylinux_2_27_x86_64",
    sha256: "e680ce083683abca5d07c3e55c2f620ff9a29cb91c548eeeea27ae29e8060522",
  },
  "linux-arm64": {
    platformTag: "manylinux_2_38_aarch64",
    sha256: "f056cb9714bb7c56ad7d25d86786b5a42c8a3c80e68b11f39af5f469b5366395",
  },
  "darwin-amd64": {
    platformTag: "macosx_13_0_x86_64",
    sha256: "c9f20b69171ea0cf0d693b91bf6a13ec595a3aed107dd9d8c55e8e08b7125ebc",
  },
  "darwin-arm64": {
    platformTag: "macosx_13_0_arm64",
    sha256: "9518a4cb03f49a38d4b1895b80910a12e0b0d144300472b95562426657396e01",
  },
} as const;

/** Every tool, in the order in which they are looked for and made. */
export const tools: Readonly<Record<ToolName, ToolSpec>> = {
  pulumi: {
    name: "pulumi",
    unit: "pulumi",
    accepted: `>=${versions.cli.built} <4`,
    query: { kind: "command", argv: ["version"], pattern: /v?(\d+\.\d+\.\d+\S*)/ },
    official: () => ({
      kind: "npm-wrapper",
      version: versions.cli.official,
      probe: "https://get.pulumi.com/install.sh",
    }),
    build: {
      module: "pulumi",
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      version: versions.cli.built,
    },
    install: "https://www.pulumi.com/docs/install/",
  },
  "pulumi-resource-kubernetes": {
    name: "pulumi-resource-kubernetes",
    unit: "provider",
    accepted: `>=${providerVersion.official} <5`,
    query: { kind: "plugin" },
    official: ({ os, arch }) => ({
      kind: "pulumi-plugin",
      version: providerVersion.official,
      probe: `https://get.pulumi.com/releases/plugins/pulumi-resource-kubernetes-v${providerVersion.official}-${os}-${arch}.tar.gz`,
    }),
    build: { module: "provider-kubernetes", package: ".", version: providerVersion.built },
    install: "https://www.pulumi.com/registry/packages/kubernetes/",
  },
  "kube-apiserver": controlPlane("kube-apiserver"),
  "kube-controller-manager": controlPlane("kube-controller-manager"),
  "kube-scheduler": controlPlane("kube-scheduler"),
  kubectl: {
    name: "kubectl",
    unit: "kubectl",
    accepted: ">=1.32.0 <2",
    query: { kind: "command", argv: ["version", "--client"], pattern: /Client Version: v?(\d\S*)/ },
    official: kubernetesDownload("kubectl", ["linux", "darwin"]),
    build: { module: "kubernetes", package: "k8s.io/kubernetes/cmd/kubectl", version: versions.kubernetes },
    install: "https://kubernetes.io/docs/tasks/tools/",
  },
  etcd: {
    name: "etcd",
    unit: "etcd",
    accepted: ">=3.5.0 <3.7.0-0",
    query: { kind: "command", argv: ["--version"], pattern: /etcd Version: v?(\d\S*)/ },
    official: ({ os, arch }) => {
      const folder = `etcd-v${versions.etcd}-${os}-${arch}`;
      const release = `https://github.com/etcd-io/etcd/releases/download/v${versions.etcd}`;
      return {
        kind: "download",
        version: versions.etcd,
        probe: `${release}/${folder}.${os === "linux" ? "tar.gz" : "zip"}`,
        sums: `${release}/SHA256SUMS`,
        member: `${folder}/etcd`,
      };
    },
    build: { module: "etcd", package: "go.etcd.io/etcd/server/v3", version: versions.etcd },
    install: "https://etcd.io/docs/latest/install/",
  },
  kwok: kwokProgram("kwok"),
  kwokctl: kwokProgram("kwokctl"),
  z3: {
    name: "z3",
    unit: "z3",
    accepted: `~${versions.z3}`,
    query: { kind: "command", argv: ["--version"], pattern: /Z3 version (\d\S*)/ },
    official: ({ os, arch }) => ({
      kind: "wheel",
      version: versions.z3,
      requirement: `z3-solver==${versions.z3}.0`,
      member: `z3_solver-${versions.z3}.0.data/data/bin/z3`,
      ...z3Wheels[`${os}-${arch}`],
    }),
    build: undefined,
    install: "https://github.com/Z3Prover/z3/releases (the package of a distribution is older)",
  },
  kubelet: nodeProgram("kubelet"),
  "kube-proxy": nodeProgram("kube-proxy"),
  coredns: {
    name: "coredns",
    unit: "coredns",
    accepted: ">=1.11.0 <2",
    query: { kind: "command", argv: ["-version"], pattern: /CoreDNS-(\d\S*)/ },
    official: ({ os, arch }) => {
      const release = `https://github.com/coredns/coredns/releases/download/v${versions.coredns}`;
      const probe = `${release}/coredns_${versions.coredns}_${os}_${arch}.tgz`;
      return {
        kind: "download",
        version: versions.coredns,
        probe,
        sums: `${probe}.sha256`,
        member: "coredns",
      };
    },
    build: { module: "coredns", package: ".", version: versions.coredns },
    install: "https://coredns.io/manual/installation/",
  },
  pause: {
    name: "pause",
    unit: "pause",
    accepted: `~${versions.pause}`,
    query: { kind: "command", argv: ["--version"], pattern: /^pause (\d\S*)/ },
    official: () => undefined,
    build: { module: "pause", package: ".", version: versions.pause },
    install: "a program of this project, local/toolchain/modules/pause",
  },
  "kube-network-policies": {
    name: "kube-network-policies",
    unit: "kube-network-policies",
    accepted: `~${versions.kubeNetworkPolicies}`,
    query: { kind: "command", argv: ["--version"], pattern: /^kube-network-policies (\d\S*)/ },
    official: () => undefined,
    build: { module: "kube-network-policies", package: ".", version: versions.kubeNetworkPolicies },
    install: "a program of this project, local/toolchain/modules/kube-network-policies",
  },
  judges: {
    name: "judges",
    unit: "judges",
    accepted: `~${versions.judges}`,
    query: { kind: "command", argv: ["--version"], pattern: /^judges (\d\S*)/ },
    official: () => undefined,
    build: { module: "judges", package: ".", version: versions.judges },
    install: "a program of this project, local/toolchain/modules/judges",
  },
  ...systemPrograms,
};
