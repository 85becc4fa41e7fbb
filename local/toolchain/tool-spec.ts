/** What is said of a program that the local commands need. */
import type { ModuleName } from "./modules.ts";

export type ToolName =
  | "pulumi"
  | "pulumi-resource-kubernetes"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kubectl"
  | "etcd"
  | "kwok"
  | "kwokctl"
  | "z3"
  | "kubelet"
  | "kube-proxy"
  | "coredns"
  | "pause"
  | "kube-network-policies"
  | "judges"
  | SystemProgramName;

/** A program that one of the platform's systems is. */
export type SystemProgramName =
  | "versitygw"
  | "prometheus"
  | "promtool"
  | "alertmanager"
  | "amtool"
  | "kube-state-metrics"
  | "blackbox_exporter"
  | "statsd_exporter";

/** How to learn the version of a program: by a command and a pattern, or, for a Pulumi plugin, over gRPC. */
export type VersionQuery =
  | { readonly kind: "command"; readonly argv: readonly string[]; readonly pattern: RegExp }
  | { readonly kind: "plugin" };

/**
 * Where its publisher offers a program. `probe` is the address whose answer decides whether that way is open; absent
 * where only trying can tell.
 */
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
    }
  | {
      /** A Python package that brings the program, from the index that pip is set up for. */
      readonly kind: "wheel";
      readonly version: string;
      readonly probe?: undefined;
      /** Name and version, as pip takes it. */
      readonly requirement: string;
      readonly platformTag: string;
      readonly sha256: string;
      /** The program's path inside the package. */
      readonly member: string;
    };

export interface Platform {
  readonly os: "linux" | "darwin";
  readonly arch: "amd64" | "arm64";
}

/** A package of a pinned module graph, and the version that the program then says. */
export interface ToolBuild {
  readonly module: ModuleName;
  readonly package: string;
  readonly version: string;
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
  /** Undefined where it cannot be built from Go modules. */
  readonly build: ToolBuild | undefined;
  /** Where a person gets it. */
  readonly install: string;
}
