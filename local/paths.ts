import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout that these files belong to. */
export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The tool cache: everything that is expensive to make and shared by all checkouts of one user.
 * `IOT_VERIFICATION_CACHE` overrides the platform's own place for caches.
 */
export function cacheDir(): string {
  const override = process.env.IOT_VERIFICATION_CACHE;
  if (override) return override;
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "iot-verification");
  return join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "iot-verification");
}

/** Everything that belongs to one locally managed stack: cluster, backend, project copy, logs. */
export function stateDir(stack: string): string {
  return join(root, ".local", stack);
}
