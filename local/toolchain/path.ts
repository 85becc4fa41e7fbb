import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { delimiter, isAbsolute, join } from "node:path";

/** Every executable of a name on PATH, in PATH's order. Relative entries of PATH are passed over. */
export async function executables(name: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const found: string[] = [];
  for (const dir of new Set((env.PATH ?? "").split(delimiter))) {
    if (!isAbsolute(dir)) continue;
    const file = join(dir, name);
    if (await isExecutable(file)) found.push(file);
  }
  return found;
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
