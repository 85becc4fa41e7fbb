import { stat, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { BuildError } from "./errors.ts";
import { type ModuleName, modules } from "./modules.ts";

const mebibyte = 1024 ** 2;

/** In bytes, generously: measured were 0.56 MiB for a compiled package and 0.7 GiB for all programs. */
export const spaceNeeded = { perPackage: 0.7 * mebibyte, programs: 1500 * mebibyte };

/** What is still to be downloaded into Go's module cache, in bytes. */
export async function downloadSize(moduleCache: string, orders: readonly ModuleName[]): Promise<number> {
  let bytes = 0;
  for (const order of orders) {
    const { mebibytes, sign } = modules[order].download;
    const there = await stat(join(moduleCache, sign)).catch(() => undefined);
    if (!there) bytes += mebibytes * mebibyte;
  }
  return bytes;
}

/**
 * Checks that what will be written to each folder (bytes by path; folders need not exist yet) fits; folders
 * on one disk share it.
 *
 * @throws BuildError naming the folder, what is free and what is needed.
 */
export async function requireSpace(needs: Readonly<Record<string, number>>): Promise<void> {
  const disks = new Map<number, { places: string[]; bytes: number; free: number }>();
  for (const [place, bytes] of Object.entries(needs)) {
    const { dev, path } = await existing(place);
    const { bavail, bsize } = await statfs(path);
    const disk = disks.get(dev) ?? { places: [], bytes: 0, free: bavail * bsize };
    disks.set(dev, { ...disk, places: [...disk.places, place], bytes: disk.bytes + bytes });
  }
  for (const { places, bytes, free } of disks.values()) {
    if (free >= bytes) continue;
    throw new BuildError({
      reason: `the disk of ${places.join(" and ")} has ${gibibytes(free)} free, the build needs about ${gibibytes(bytes)}`,
      advice:
        "Free some space there, or use another disk (GOCACHE, GOMODCACHE, IOT_VERIFICATION_CACHE), and run the command again.",
    });
  }
}

async function existing(place: string): Promise<{ dev: number; path: string }> {
  const found = await stat(place).catch(() => undefined);
  return found ? { dev: found.dev, path: place } : existing(dirname(place));
}

function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}
