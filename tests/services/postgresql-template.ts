import { execFile } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { takeLock } from "../../local/lock.ts";
import { cacheDir } from "../../local/paths.ts";
import type { Programs } from "./programs.ts";

/** PostgreSQL refuses to run as root; this user has nothing on any system. */
const nobody = 65534;
/** The user that PostgreSQL runs as, when it is another than that of this process. */
export const uid = process.getuid?.() === 0 ? nobody : undefined;

/** A database cluster as initdb makes it, made once and copied: initdb takes longer than all else. */
export async function template({ postgres, initdb }: Programs<"postgresql">): Promise<string> {
  const { stdout } = await promisify(execFile)(postgres, ["--version"], {
    env: { LC_ALL: "C", PATH: process.env.PATH },
  });
  const version = stdout.match(/[\w.]+/g)?.join("-");
  const folder = join(cacheDir(), "tools", `template-${version}`);
  if (existsSync(folder)) return folder;
  const release = await takeLock(`${folder}.lock`, { pollMs: 50 });
  const scratch = mkdtempSync(join(tmpdir(), "iot-postgresql-"));
  try {
    if (existsSync(folder)) return folder;
    await own(scratch);
    const data = join(scratch, "data");
    const argv = [
      `--pgdata=${data}`,
      "--username=postgres",
      "--encoding=UTF8",
      "--locale=C.UTF-8",
      "--data-checksums",
    ];
    await promisify(execFile)(initdb, [...argv, "--auth=reject", "--no-instructions", "--no-sync"], {
      env: { PATH: process.env.PATH, TZ: "GMT" },
      cwd: scratch,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    // Whole or not at all, even on another disk.
    rmSync(`${folder}.part`, { recursive: true, force: true });
    cpSync(data, `${folder}.part`, { recursive: true });
    renameSync(`${folder}.part`, folder);
    return folder;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
    await release();
  }
}

/** Gives a folder to the server's user. */
export async function own(folder: string): Promise<void> {
  chmodSync(folder, 0o700);
  if (uid !== undefined) await promisify(execFile)("chown", ["-R", `${uid}:${uid}`, folder]);
}
