import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { clusterFiles, ownershipOf, readRecord } from "../../local/cluster/files.ts";
import type { ClusterTools, Form, NodeImage, NodeTools } from "../../local/cluster/index.ts";
import { hierarchies } from "../../local/cluster/node/cgroups.ts";
import { identityOf } from "../../local/cluster/node/link.ts";
import { insideNode, type OwnProcess, ownProcesses } from "../../local/cluster/processes.ts";
import type { Report } from "../../local/report.ts";
import { serverImage } from "./cluster-node-image.ts";
import { clusterTools, nodeTools } from "./cluster-tools.ts";

/** Reference of the image of a small server. */
export const reference = "registry.example/server:1";

/** A place for a cluster. */
export interface Place {
  readonly stateDir: string;
  readonly name: string;
  readonly report: Report;
}

/** A folder for clusters with a real node, the tools for them, and what they leave on the machine. */
export class NodeRig {
  readonly root = mkdtempSync(join(tmpdir(), "node test "));
  /** What was reported. */
  readonly messages: string[] = [];
  readonly report: Report = { step: (message) => this.messages.push(message), detail: () => {} };
  readonly tools: ClusterTools;
  readonly node: NodeTools;
  private readonly stateDirs: string[] = [];

  private constructor(tools: ClusterTools, node: NodeTools) {
    this.tools = tools;
    this.node = node;
  }

  /** Finds or makes the tools. */
  static async make(): Promise<NodeRig> {
    return new NodeRig(await clusterTools(), await nodeTools());
  }

  /** @param folder below the rig's. @default the name */
  place(name: string, folder = name): Place {
    const stateDir = join(this.root, folder);
    this.stateDirs.push(stateDir);
    return { stateDir, name, report: this.report };
  }

  form(images: readonly NodeImage[]): Form {
    return { name: "node", tools: this.node, images };
  }

  image(version: string, as = reference): Promise<NodeImage> {
    return serverImage({ reference: as, version, folder: join(this.root, "images"), report: this.report });
  }

  traces(): Traces {
    return traces(this.node);
  }

  /** What is there now and was not before, but for what other clusters of this machine have put there meanwhile. */
  leftSince(before: Traces): string[] {
    const ids = this.stateDirs.map((stateDir) => identityOf(join(stateDir, "cluster")));
    return this.traces().things.filter((thing) => {
      const id = /(?:iv|iot-verification)-([0-9a-f]{8})$/.exec(thing)?.[1];
      return !before.things.includes(thing) && (id === undefined || ids.includes(id));
    });
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** The processes of a cluster. */
export function processesOf(place: Place): Promise<OwnProcess[]> {
  const files = clusterFiles(place);
  return ownProcesses(ownershipOf(files, readRecord(files)));
}

/** Waits until `probe` gives something. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(10)) {
    const value = await probe();
    if (value !== undefined) return value;
  }
  throw new Error(`not within a minute: ${what}`);
}

/** All processes inside the node of a cluster, by their ids on the machine. */
export function inhabitantsOf(processes: readonly OwnProcess[]): number[] {
  const namespace = (pid: number | string) => {
    try {
      return readlinkSync(`/proc/${pid}/ns/pid`);
    } catch {
      return "";
    }
  };
  const own = namespace(insideNode(processes)?.pid ?? "none");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && own !== "" && namespace(name) === own)
    .map(Number);
}

/** Whether a process has ended, though its parent may still have to be told. */
export function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") === "";
  } catch {
    return true;
  }
}

/** What a node could leave on the machine. */
export interface Traces {
  readonly things: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

function traces(tools: NodeTools): Traces {
  const list = (folder: string) =>
    (existsSync(folder) ? readdirSync(folder) : []).map((name) => join(folder, name));
  const groups = hierarchies().flatMap(({ path }) =>
    list(path).filter((group) => group.includes("iot-verification")),
  );
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const tables = execFileSync(join(tools.bin, "nft"), ["list", "tables"], { encoding: "utf8" }).split("\n");
  const folders = ["/run", "/run/netns", "/var/lib", "/var/log", "/sys/class/net"];
  const settings = [
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "net/netfilter/nf_conntrack_max",
    "net/ipv4/ip_forward",
  ].flatMap((name) => {
    const file = join("/proc/sys", name);
    return existsSync(file) ? [[name, readFileSync(file, "utf8")] as const] : [];
  });
  return {
    things: [...mounts, ...groups, ...tables, ...folders.flatMap(list)],
    settings: Object.fromEntries(settings),
  };
}
