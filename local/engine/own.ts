import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../paths.ts";
import type { Report } from "../report.ts";
import { readProjectFiles } from "./project.ts";
import type { Workspace } from "./run.ts";

/** Runs `action` with the Pulumi CLI of the user's PATH, as it is logged in, on a stack of this checkout. */
export async function withOwnPulumi<T>(
  { stack, report }: { readonly stack: string; readonly report: Report },
  action: (workspace: Workspace) => Promise<T>,
): Promise<T> {
  const stateDir = mkdtempSync(join(tmpdir(), "iot-verification-own-"));
  try {
    return await action({
      dir: root,
      env: { ...process.env, PULUMI_STACK: stack, PULUMI_SKIP_UPDATE_CHECK: "true" },
      pulumi: "pulumi",
      project: readProjectFiles({ checkout: root, stack }).name,
      stack,
      stateDir,
      report,
    });
  } finally {
    rmSync(stateDir, { recursive: true, force: true });
  }
}
