import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "vitest";
import type { WorkspaceArgs } from "../../local/engine/index.ts";

/** A folder of the running test. */
export let folder: string;
/** What was reported as a step in it. */
export let said: string[];
export const report = { step: (line: string) => void said.push(line), detail: () => {} };

/** Gives each test of the calling file a folder of its own. Modules are loaded once for many files, so each file calls it. */
export function useFolder(): void {
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "engine it's "));
    said = [];
  });
  afterEach(() => rmSync(folder, { recursive: true }));
}

export function write(file: string, text: string, mode?: number): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
  return file;
}

/** A CLI that writes down how it was called and makes a stack's state on `init`, or fails. */
export function fakeCli({ code = 0, says = "" } = {}): string {
  return write(
    join(folder, "bin", "pulumi"),
    `#!/bin/sh
echo "$PULUMI_STACK $PULUMI_K8S_UPSERT_EXISTING_OBJECTS,$PULUMI_K8S_ENABLE_PATCH_FORCE|$*" >> '${join(folder, "calls").replaceAll("'", "'\\''")}'
[ "$1 $2 ${code}" = "stack init 0" ] && mkdir -p ../backend/.pulumi/stacks/proj && echo '{}' > ../backend/.pulumi/stacks/proj/$3.json
[ -z "${says}" ] || echo "${says}" >&2
exit ${code}
`,
    0o755,
  );
}
export const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");

export function workspaceArgs(changes: Partial<WorkspaceArgs> = {}): WorkspaceArgs {
  const checkout = join(folder, "checkout");
  write(join(checkout, "Pulumi.yaml"), "name: proj\nruntime: nodejs\nbackend: {url: s3://theirs}\n");
  write(join(checkout, "Pulumi.dev.yaml"), "config:\n  proj:size: small\n");
  return {
    stack: "dev",
    stateDir: join(folder, "state"),
    checkout,
    tools: changes.tools ?? { pulumi: { path: fakeCli(), origin: "built" } },
    cluster: { kubeconfig: "/state/kubeconfig", context: "kwok-dev" },
    report,
    ...changes,
  };
}
