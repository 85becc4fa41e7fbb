/** The programs that the local commands need: which versions fit, how to ask them, where they come from. */

export type ToolName =
  | "pulumi"
  | "pulumi-resource-kubernetes"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kubectl"
  | "etcd"
  | "kwok"
  | "kwokctl";

/** A folder of `modules/`: one pinned Go module graph. */
export type ModuleName = "pulumi" | "provider-kubernetes" | "kubernetes" | "etcd" | "kwok";

/** How to learn the version of a program: by a command and a pattern, or, for a Pulumi plugin, over gRPC. */
export type VersionQuery =
  | { readonly kind: "command"; readonly argv: readonly string[]; readonly pattern: RegExp }
  | { readonly kind: "plugin" };

/** Where its publisher offers a program. `probe` is the address whose answer decides whether that way is open. */
export type OfficialSource =
  | { readonly kind: "npm-wrapper"; readonly version: string; readonly probe: string }
  | { readonly kind: "pulumi-plugin"; readonly version: string; readonly probe: string }
  | {
      readonly kind: "download";
      readonly version: string;
      readonly probe: string;
      /** A file that holds the SHA-256 sum: alone, or as `SUM  NAME` lines; absent where none is published. */
      readonly sums?: string;
      /** The program's path inside the archive; absent when the download is the program. */
      readonly member?: string;
    };

export interface Platform {
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
}

export interface ToolSpec {
  readonly name: ToolName;
  /** Tools of one unit come from one origin and have one minor version. */
  readonly unit: string;
  /** Semver range of what is taken from PATH. */
  readonly accepted: string;
  readonly query: VersionQuery;
  /** Undefined where the publisher offers nothing for this platform. */
  readonly official: (platform: Platform) => OfficialSource | undefined;
  readonly build: { readonly module: ModuleName; readonly package: string; readonly version: string };
  /** Where a person gets it. */
  readonly install: string;
}

export interface ModuleSpec {
  readonly ldflags: string;
  /** Build time from nothing on two cores, for the first estimate. */
  readonly minutes: number;
  /** What its modules take, packed and unpacked, when none is there yet; and one that tells whether they are. */
  readonly download: { readonly mebibytes: number; readonly sign: string };
  /** Files that the program embeds and its module does not carry in the needed form. */
  readonly embed?: {
    readonly module: string;
    readonly files: readonly { readonly from: string; readonly to: string; readonly version?: string }[];
  };
  /** A line of a module that is replaced before the build: a later fix that the served version lacks. */
  readonly mend?: {
    readonly module: string;
    readonly file: string;
    readonly line: string;
    readonly by: readonly string[];
  };
}

const kubernetesVersion = "1.36.3";
const etcdVersion = "3.6.5";
const kwokVersion = "0.8.0";
const cliVersion = { official: "3.265.0", built: "3.232.0" };
const providerModule = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/**
 * The newest provider that can be built is 4.25.0, while @pulumi/kubernetes asks for 4.34.2 or newer and the
 * CLI warns at every command when a provider says less. Build metadata is ignored when versions are compared,
 * so this string satisfies the CLI and still tells a reader of a log or a state file what really runs.
 */
export const providerVersion = { official: "4.34.2", built: "4.34.2+built.from.4.25.0" };

export const modules: Readonly<Record<ModuleName, ModuleSpec>> = {
  pulumi: {
    ldflags: `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=${cliVersion.built}`,
    minutes: 4,
    download: { mebibytes: 1900, sign: `github.com/pulumi/pulumi/pkg/v3@v${cliVersion.built}` },
  },
  "provider-kubernetes": {
    ldflags: `-X ${providerModule}/pkg/version.Version=${providerVersion.built}`,
    minutes: 10,
    download: { mebibytes: 950, sign: `${providerModule}@v4.0.0-20260115033456-f47bc2d6f199` },
    embed: {
      module: providerModule,
      files: [
        {
          from: "cmd/pulumi-resource-kubernetes/schema.json",
          to: "schema-embed.json",
          version: providerVersion.built,
        },
        { from: "cmd/pulumi-resource-kubernetes/terraform-mapping.json", to: "terraform-mapping-embed.json" },
      ],
    },
    // 4.25.0 takes a StatefulSet for rolled out before its controller has seen the change (pulumi-kubernetes#4094).
    mend: {
      module: providerModule,
      file: "pkg/await/statefulset.go",
      line: 'sia.revisionReady = (currentRevision != "") && (currentRevision == updateRevision)',
      by: [
        'rawObserved, _ := openapi.Pluck(statefulset.Object, "status", "observedGeneration")',
        "observed, _ := rawObserved.(int64)",
        "isObserved := observed >= statefulset.GetGeneration()",
        'sia.revisionReady = isObserved && (currentRevision != "") && (currentRevision == updateRevision)',
      ],
    },
  },
  kubernetes: {
    ldflags: [
      `-X k8s.io/component-base/version.gitVersion=v${kubernetesVersion}`,
      "-X k8s.io/component-base/version.gitMajor=1",
      "-X k8s.io/component-base/version.gitMinor=36",
    ].join(" "),
    minutes: 6,
    download: { mebibytes: 800, sign: `k8s.io/kubernetes@v${kubernetesVersion}` },
  },
  etcd: {
    ldflags: "",
    minutes: 1.5,
    download: { mebibytes: 320, sign: `go.etcd.io/etcd/server/v3@v${etcdVersion}` },
  },
  kwok: { ldflags: "", minutes: 2.5, download: { mebibytes: 530, sign: `sigs.k8s.io/kwok@v${kwokVersion}` } },
};

function kubernetesDownload(name: string, platforms: readonly Platform["os"][]): ToolSpec["official"] {
  return ({ os, arch }) => {
    if (!platforms.includes(os)) return undefined;
    const probe = `https://dl.k8s.io/release/v${kubernetesVersion}/bin/${os}/${arch}/${name}`;
    return { kind: "download", version: kubernetesVersion, probe, sums: `${probe}.sha256` };
  };
}

function kubernetesServer(name: "kube-apiserver" | "kube-controller-manager" | "kube-scheduler"): ToolSpec {
  return {
    name,
    unit: "control plane",
    accepted: ">=1.34.0 <1.37.0-0",
    query: { kind: "command", argv: ["--version"], pattern: /Kubernetes v(\S+)/ },
    official: kubernetesDownload(name, ["linux"]),
    build: { module: "kubernetes", package: `k8s.io/kubernetes/cmd/${name}`, version: kubernetesVersion },
    install: "https://kubernetes.io/releases/download/#binaries",
  };
}

function kwokProgram(name: "kwok" | "kwokctl"): ToolSpec {
  return {
    name,
    unit: "kwok",
    accepted: ">=0.8.0 <0.9.0-0",
    query: { kind: "command", argv: ["--version"], pattern: /version v?(\d\S*)/ },
    official: ({ os, arch }) => ({
      kind: "download",
      version: kwokVersion,
      probe: `https://github.com/kubernetes-sigs/kwok/releases/download/v${kwokVersion}/${name}-${os}-${arch}`,
    }),
    build: { module: "kwok", package: `sigs.k8s.io/kwok/cmd/${name}`, version: kwokVersion },
    install: "https://kwok.sigs.k8s.io/docs/user/installation/",
  };
}

/** Every tool, in the order in which they are looked for and made. */
export const tools: Readonly<Record<ToolName, ToolSpec>> = {
  pulumi: {
    name: "pulumi",
    unit: "pulumi",
    accepted: `>=${cliVersion.built} <4`,
    query: { kind: "command", argv: ["version"], pattern: /v?(\d+\.\d+\.\d+\S*)/ },
    official: () => ({
      kind: "npm-wrapper",
      version: cliVersion.official,
      probe: "https://get.pulumi.com/install.sh",
    }),
    build: {
      module: "pulumi",
      package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi",
      version: cliVersion.built,
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
  "kube-apiserver": kubernetesServer("kube-apiserver"),
  "kube-controller-manager": kubernetesServer("kube-controller-manager"),
  "kube-scheduler": kubernetesServer("kube-scheduler"),
  kubectl: {
    name: "kubectl",
    unit: "kubectl",
    accepted: ">=1.32.0 <2",
    query: { kind: "command", argv: ["version", "--client"], pattern: /Client Version: v?(\d\S*)/ },
    official: kubernetesDownload("kubectl", ["linux", "darwin"]),
    build: { module: "kubernetes", package: "k8s.io/kubernetes/cmd/kubectl", version: kubernetesVersion },
    install: "https://kubernetes.io/docs/tasks/tools/",
  },
  etcd: {
    name: "etcd",
    unit: "etcd",
    accepted: ">=3.5.0 <3.7.0-0",
    query: { kind: "command", argv: ["--version"], pattern: /etcd Version: v?(\d\S*)/ },
    official: ({ os, arch }) => {
      const folder = `etcd-v${etcdVersion}-${os}-${arch}`;
      const release = `https://github.com/etcd-io/etcd/releases/download/v${etcdVersion}`;
      return {
        kind: "download",
        version: etcdVersion,
        probe: `${release}/${folder}.${os === "linux" ? "tar.gz" : "zip"}`,
        sums: `${release}/SHA256SUMS`,
        member: `${folder}/etcd`,
      };
    },
    build: { module: "etcd", package: "go.etcd.io/etcd/server/v3", version: etcdVersion },
    install: "https://etcd.io/docs/latest/install/",
  },
  kwok: kwokProgram("kwok"),
  kwokctl: kwokProgram("kwokctl"),
};
