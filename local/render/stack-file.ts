import { join } from "node:path";
import { parseMapping, readIfThere, requireMapping } from "../files.ts";

/** The configuration of a stack as the engine would hand it to the program. */
export interface EngineConfig {
  readonly values: Record<string, string>;
  readonly secretKeys: string[];
}

/** Stands for a secret that only the engine can decrypt; long enough for every secret of the schema. */
export const secretPlaceholder = "placeholder-for-a-secret-that-only-the-engine-can-decrypt-0123456789";

/**
 * Reads `Pulumi.STACK.yaml` of the checkout as the engine would, with placeholders for encrypted values.
 *
 * @throws Error that names the file when it, or its `config`, is no mapping
 */
export function readStackFile(root: string, stack: string): EngineConfig {
  const path = join(root, `Pulumi.${stack}.yaml`);
  const file = parseMapping(path, readIfThere(path));
  const config = requireMapping(`"config" of ${path}`, file.config ?? {});
  const values: Record<string, string> = {};
  const secretKeys: string[] = [];
  for (const [key, value] of Object.entries(config)) {
    const plain = decrypted(value);
    values[key] = typeof plain === "string" ? plain : JSON.stringify(plain);
    if (JSON.stringify(plain) !== JSON.stringify(value)) secretKeys.push(key);
  }
  return { values, secretKeys };
}

function decrypted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(decrypted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]?.[0] === "secure") return secretPlaceholder;
  return Object.fromEntries(entries.map(([key, item]) => [key, decrypted(item)]));
}
