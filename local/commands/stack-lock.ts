import { rmdirSync } from "node:fs";
import { hostname } from "node:os";
import { dirname } from "node:path";
import { takeLock } from "../lock.ts";
import { stateDir } from "../paths.ts";
import type { Report } from "../report.ts";
import { interruptible } from "../toolchain/interrupt.ts";

/**
 * Runs `action` while no other local command changes the same stack. The lock lies beside the stack's state, so that
 * it outlives its removal.
 */
export async function aloneOnStack<T>(
  { stack, report }: { stack: string; report: Report },
  action: () => Promise<T>,
): Promise<T> {
  const file = `${stateDir(stack)}.lock`;
  const release = await interruptible((signal) =>
    takeLock(file, {
      signal,
      onWait: ({ pid, host }) => {
        const holder = host === hostname() ? `process ${pid}` : `process ${pid} on ${host}`;
        report.step(`Waiting for ${holder}, which is changing stack ${stack} (its lock is ${file})`);
      },
    }),
  );
  try {
    return await action();
  } finally {
    await release();
    removeIfEmpty(dirname(file));
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Stacks have their state in it.
  }
}
