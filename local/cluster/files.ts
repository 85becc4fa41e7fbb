import { existsSync, readFileSync, realpathSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { writeWhole } from "../files.ts";
import type { Ownership } from "./processes.ts";
import { type Component, components, isNodeRole, type NodeRole, nodeRoles, type Ports } from "./settings.ts";

/** Where the files of one cluster lie, all in one folder. */
export interface ClusterFiles {
  readonly stateDir: string;
  readonly name: string;
  /** The folder of everything below; its absence means that there is no cluster. */
  readonly dir: string;
  /** kwokctl's folder of this cluster: links to the tools, data, certificates, logs. */
  readonly home: string;
  /** Certificates that kwokctl makes. */
  readonly pki: string;
  /** Everything of the real node: its programs' files, images, volumes, logs. */
  readonly node: string;
  /** What the node's programs are started with. */
  readonly nodeConfig: string;
  readonly kubeconfig: string;
  /** What plays the operators is started with, and what it says. */
  readonly operatorsConfig: string;
  readonly operatorsLog: string;
  readonly auditLog: string;
  readonly auditPolicy: string;
  readonly config: string;
  readonly kwokctlLog: string;
  /** Written last: its presence means that the creation was finished. */
  readonly record: string;
  /** Held by the command that changes the cluster. */
  readonly lock: string;
}

/** The files of a cluster, there or not. Links in their path are resolved: processes are known by it. */
export function clusterFiles(args: { readonly stateDir: string; readonly name: string }): ClusterFiles {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(args.name)) {
    const rule = "lower-case letters, digits and inner hyphens, at most 63";
    throw new Error(`A local cluster cannot be named ${JSON.stringify(args.name)}: allowed are ${rule}.`);
  }
  const stateDir = withoutLinks(args.stateDir);
  const dir = join(stateDir, "cluster");
  const home = join(dir, ".kwok", "clusters", args.name);
  return {
    stateDir,
    name: args.name,
    dir,
    home,
    pki: join(home, "pki"),
    node: join(dir, "node"),
    nodeConfig: join(dir, "node", "node.json"),
    kubeconfig: join(dir, "kubeconfig"),
    operatorsConfig: join(dir, "operators.yaml"),
    operatorsLog: join(dir, "operators.log"),
    auditLog: join(dir, "audit.log"),
    auditPolicy: join(dir, "audit-policy.yaml"),
    config: join(dir, "kwokctl.yaml"),
    kwokctlLog: join(dir, "kwokctl.log"),
    record: join(dir, "cluster.json"),
    lock: join(stateDir, "cluster.lock"),
  };
}

function withoutLinks(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(withoutLinks(dirname(path)), basename(path));
}

/** The log of a component, written anew at each start. */
export function logFile(files: ClusterFiles, role: Component | NodeRole | "operators"): string {
  if (role === "operators") return files.operatorsLog;
  return join(isNodeRole(role) ? files.node : files.home, "logs", `${role}.log`);
}

const recordSchema = z.object({
  name: z.string(),
  /** Tools and settings that the cluster runs with. */
  fingerprint: z.string(),
  ports: z.record(z.string(), z.number()).transform((ports) => ports as Ports),
  processes: z.array(z.object({ pid: z.number(), started: z.string() })),
  /** Whether operators are played. */
  operators: z.boolean().optional(),
  /** The real node. @default none: every node is played */
  node: z
    .object({ id: z.string(), hostAddress: z.string(), nodeAddress: z.string(), gatewayPort: z.number() })
    .optional(),
});

/** What is noted about a cluster whose creation was finished. */
export type ClusterRecord = z.infer<typeof recordSchema>;

/** The record; nothing when there is none or it cannot be read, which means the same: not a finished cluster. */
export function readRecord(files: ClusterFiles): ClusterRecord | undefined {
  try {
    return recordSchema.parse(JSON.parse(readFileSync(files.record, "utf8")));
  } catch {
    return undefined;
  }
}

/** What runs as long as the cluster does. */
export const expectedRoles = (record: ClusterRecord): (Component | NodeRole | "operators")[] => [
  ...components,
  ...(record.operators ? (["operators"] as const) : []),
  ...(record.node ? nodeRoles : []),
];

export const writeRecord = (files: ClusterFiles, record: ClusterRecord) =>
  writeWhole(files.record, `${JSON.stringify(record, undefined, 2)}\n`);

export function ownershipOf(files: ClusterFiles, record: ClusterRecord | undefined): Ownership {
  return {
    clusterHome: files.home,
    configFile: files.config,
    nodeConfigFile: files.nodeConfig,
    operatorsConfigFile: files.operatorsConfig,
    recorded: record?.processes,
  };
}

export const removeFiles = (files: ClusterFiles) =>
  rmSync(files.dir, { recursive: true, force: true, maxRetries: 5 });
