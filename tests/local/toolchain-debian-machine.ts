import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import type { DebianMachine, DebianTreeArgs } from "../../local/toolchain/debian/index.ts";
import { run } from "../../local/toolchain/process.ts";
import { recorder, writeScript } from "./toolchain-machine.ts";

/** Makes a package: an archive of files, in the place of those that apt would download. */
export async function pack(
  dir: string,
  name: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const content = join(dir, "packing", name);
  for (const [path, text] of Object.entries(files)) writeScript(join(content, path), text);
  mkdirSync(join(dir, "pool"), { recursive: true });
  const packed = await run("tar", ["-cf", join(dir, "pool", `${name}_1.0_all.deb`), "-C", content, "."]);
  expect(packed.problem).toBe("");
}

/**
 * A machine whose apt downloads all of DIR/pool and leaves a trace of every call in DIR/apt.log; every source offers
 * every package in version 1.0 but those called absent*.
 */
export function debianMachine(dir: string, install = ""): DebianMachine {
  const path = join(dir, "path");
  const log = `echo "$(basename "$0") $*" >>"${dir}/apt.log"`;
  const archives = `$(sed -n 's/^Dir::Cache::archives "\\(.*\\)";$/\\1/p' "$APT_CONFIG")`;
  writeScript(
    join(path, "apt-get"),
    `${log}\n[ "$1" = update ] && exit 0\n${install}\ncp "${dir}"/pool/*.deb "${archives}"`,
  );
  writeScript(
    join(path, "apt-cache"),
    `for name; do :; done
case "$name" in absent*) echo "E: No packages found" >&2; exit 100 ;; esac
printf 'Package: %s\\nVersion: 1.0\\nArchitecture: all\\nDepends: much\\nProvides: %s-api\\n\\n' "$name" "$name"`,
  );
  writeScript(
    join(path, "apt-config"),
    `echo 'Acquire::http::Proxy "http://proxy:1";'; yes 'Dir::Etc "x";' | head -n 500; echo 'APT::Update::Post-Invoke:: "rm -rf /";'`,
  );
  writeScript(
    join(path, "dpkg-deb"),
    `case "$1" in
--fsys-tarfile) cat "$2" ;;
--field) basename "$2" | sed 's/^\\(.*\\)_\\(.*\\)_all.deb$/Package: \\1\\nVersion: \\2/' ;;
esac`,
  );
  writeScript(join(path, "dpkg-query"), `printf '%s:amd64\\t2.36-9\\n' "$2"`);
  writeFileSync(join(dir, "os-release"), 'ID=debian\nVERSION_ID="12"\n');
  return {
    env: { PATH: `${path}:/usr/bin:/bin` },
    cache: join(dir, "cache"),
    arch: "amd64",
    releaseFile: join(dir, "os-release"),
  };
}

/** An order of one small package on a machine. */
export const order = (machine: DebianMachine, changes: Partial<DebianTreeArgs> = {}): DebianTreeArgs => ({
  set: "some",
  packages: ["hello"],
  report: recorder(),
  signal: new AbortController().signal,
  machine,
  ...changes,
});
