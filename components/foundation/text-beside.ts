import { readFileSync } from "node:fs";

/** The text of a file in the folder of a module, which tells its own `import.meta.url`. */
export function textBeside(module: string, name: string): string {
  return readFileSync(new URL(name, module), "utf8");
}
