import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { nodeInterface } from "./settings.ts";

/**
 * Private ranges (RFC 1918) from which lines take their addresses, four for each: the first that nothing on the machine
 * uses. Three in different blocks, as a company's network often takes a whole block.
 */
const candidates = ["10.246.0.0", "172.30.0.0", "192.168.246.0"] as const;
const linesPerCandidate = 64;

/** An IPv4 range. */
export interface Range {
  /** First address, as a number. */
  readonly base: number;
  /** Bits of the prefix. */
  readonly prefix: number;
}

/** The addresses of both ends. */
export interface Line {
  readonly hostAddress: string;
  readonly nodeAddress: string;
}

export const addressToNumber = (address: string) =>
  address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

export const numberToAddress = (value: number) =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");

const last = ({ base, prefix }: Range) => base + 2 ** (32 - prefix) - 1;
const overlaps = (one: Range, other: Range) => one.base <= last(other) && other.base <= last(one);

/**
 * The addresses of both ends of a line that nothing on the machine uses.
 * @param preferred where the line was before; kept when it is still free
 * @throws when all candidates are taken
 */
export function chooseLine(used: readonly Range[], preferred?: Pick<Line, "hostAddress">): Line {
  const bases = candidates.flatMap((candidate) =>
    Array.from({ length: linesPerCandidate }, (_, index) => addressToNumber(candidate) + 4 * index),
  );
  if (preferred) bases.unshift(addressToNumber(preferred.hostAddress) - 1);
  const base = bases.find((one) => used.every((range) => !overlaps({ base: one, prefix: 30 }, range)));
  if (base === undefined) {
    const list = candidates.map((candidate) => `${candidate}/24`).join(", ");
    throw new Error(
      `No private addresses are left for the local cluster's node: routes or interfaces of this machine use all of ${list}.`,
    );
  }
  return { hostAddress: numberToAddress(base + 1), nodeAddress: numberToAddress(base + 2) };
}

const routesSchema = z.array(z.object({ dst: z.string() }));

/** The ranges of a machine's routes, as `ip -json route` tells them; the default route leads to none. */
export function rangesOfRoutes(json: string): Range[] {
  return routesSchema.parse(JSON.parse(json || "[]")).flatMap(({ dst }) => {
    const match = /^(\d+\.\d+\.\d+\.\d+)(?:\/(\d+))?$/.exec(dst);
    return match ? [{ base: addressToNumber(match[1] ?? ""), prefix: Number(match[2] ?? 32) }] : [];
  });
}

/** Where a node's line runs if it can: clusters that start at the same moment are unlikely to want the same. */
export function homeLine(id: string): Pick<Line, "hostAddress"> {
  const index = Number.parseInt(id, 16) % linesPerCandidate;
  return { hostAddress: numberToAddress(addressToNumber(candidates[0]) + 4 * index + 1) };
}

/** What the machine's interfaces and routes use. */
export async function usedRanges(bin: string): Promise<Range[]> {
  const interfaces = Object.values(networkInterfaces()).flatMap((entries = []) =>
    entries.flatMap(({ family, cidr }) => {
      const [address, prefix] = cidr?.split("/") ?? [];
      if (family !== "IPv4" || !address || !prefix) return [];
      const size = 2 ** (32 - Number(prefix));
      return [{ base: Math.floor(addressToNumber(address) / size) * size, prefix: Number(prefix) }];
    }),
  );
  const routes = await run(bin, ["-4", "-json", "route", "show", "table", "all"]);
  return [...interfaces, ...rangesOfRoutes(routes)];
}

/** Identifies what a cluster leaves outside its folder; by the folder, so that it is known without any record. */
export const identityOf = (clusterDir: string) =>
  createHash("sha256").update(clusterDir).digest("hex").slice(0, 8);

/** Name of the machine's end of a line; the kernel allows 15 characters. */
export const lineName = (id: string) => `iv-${id}`;

async function run(bin: string, argv: readonly string[]): Promise<string> {
  return (await promisify(execFile)(join(bin, "ip"), [...argv])).stdout;
}

/** Lays the line from the machine to the network namespace of a process. */
export async function layLine(args: { bin: string; id: string; hostAddress: string; pid: number }) {
  const { bin, id, hostAddress, pid } = args;
  const name = lineName(id);
  const peer = ["peer", "name", nodeInterface, "netns", String(pid)];
  await run(bin, ["link", "add", name, "type", "veth", ...peer]);
  await run(bin, ["address", "add", `${hostAddress}/30`, "dev", name]);
  await run(bin, ["link", "set", name, "up"]);
}

/**
 * Takes the line away, if it is there; the end inside the node goes with it. It goes by itself only when the kernel has
 * given up the last connection of the node, which can take minutes.
 * @param bins folders in which `ip` may be, the first that has it counts; then PATH
 * @throws when it cannot be removed
 */
export async function removeLine(id: string, bins: readonly string[]): Promise<void> {
  const name = lineName(id);
  const isThere = () => existsSync(`/sys/class/net/${name}`);
  if (!isThere()) return;
  const bin = bins.find((folder) => existsSync(join(folder, "ip")));
  try {
    await run(bin ?? "", ["link", "delete", name]);
  } catch (error) {
    // It may have gone meanwhile.
    if (!isThere()) return;
    const reason = (error as Error).message.trim().split("\n").at(-1);
    throw new Error(
      `The network interface ${name} cannot be removed (${reason}); remove it with: ip link delete ${name}`,
    );
  }
}
