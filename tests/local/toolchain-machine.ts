import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Report } from "../../local/report.ts";
import { buildTools } from "../../local/toolchain/build.ts";
import { fetchOfficial } from "../../local/toolchain/official.ts";
import type { Machine } from "../../local/toolchain/search.ts";
import type { ToolName } from "../../local/toolchain/tool-spec.ts";
import { tools } from "../../local/toolchain/tools.ts";

export function writeScript(file: string, body: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** How each program tells its version, as shell that leaves a trace of every run in LOG. */
export function playedTool(name: ToolName, version: string, log = "/dev/null"): string {
  const said: Partial<Record<ToolName, string>> = {
    pulumi: `v${version}`,
    kubectl: `Client Version: v${version}`,
    etcd: `etcd Version: ${version}`,
    kwok: `kwok version v${version} go1.26.8 (linux/amd64)`,
    z3: `Z3 version ${version} - 64 bit`,
    coredns: `CoreDNS-${version}`,
    pause: `pause ${version}`,
    kwokctl: `kwokctl version v${version} go1.26.8 (linux/amd64)`,
  };
  return `echo ${name} >>"${log}"\necho "${said[name] ?? `Kubernetes v${version}`}"`;
}

export interface Recorded extends Report {
  readonly steps: string[];
  readonly details: string[];
}

export function recorder(): Recorded {
  const steps: string[] = [];
  const details: string[] = [];
  return { steps, details, step: (line) => steps.push(line), detail: (line) => details.push(line) };
}

/**
 * A machine with an empty cache, an own PATH (only DIR/path and what scripts need), no network and no Go,
 * and module folders with a go.mod each.
 */
export function playedMachine(dir: string, changes: Partial<Machine> = {}): Machine {
  const modulesDir = join(dir, "modules");
  for (const { build } of Object.values(tools)) {
    if (!build) continue;
    mkdirSync(join(modulesDir, build.module), { recursive: true });
    writeFileSync(join(modulesDir, build.module, "go.mod"), `module local/${build.module}\n\ngo 1.26.0\n`);
  }
  return {
    env: { PATH: `${join(dir, "path")}:/usr/bin:/bin`, HOME: dir },
    platform: { os: "linux", arch: "amd64" },
    cache: join(dir, "cache"),
    modulesDir,
    goFolder: join(dir, "go"),
    policy: "any",
    probe: async (addresses) => new Map(addresses.map((address) => [address, "the network is unplugged"])),
    fetchOfficial,
    buildTools,
    ...changes,
  };
}

/**
 * A `go` that answers what the build asks: `go env`, `go build -n` (two packages to compile) and
 * `go build -v`, which writes one script per package asked for, each saying VERSION.
 */
export function playGo(dir: string, args: { version?: string; says?: string; build?: string } = {}): void {
  writeScript(
    join(dir, "path", "go"),
    `
echo "go $*" >>"${dir}/go.log"
case "$1 $2" in
"env -json") echo '{"GOVERSION":"go${args.version ?? "1.26.8"}","GOTOOLCHAIN":"local","GOCACHE":"${dir}/gocache","GOMODCACHE":"${dir}/gomod"}' ;;
"build -n") echo "/go/pkg/tool/compile -o a" ; echo "/go/pkg/tool/compile -o b" ;;
"build -v")
  ${args.build ?? ""}
  echo example.org/a >&2 ; echo example.org/b >&2
  while [ "$1" != "-o" ]; do shift; done
  out="$2"; shift 2
  for package in "$@"; do
    case "$out" in */) file="$out$(basename "$package")" ;; *) file="$out" ;; esac
    printf '%s\\n' '#!/bin/sh' 'echo run >>"${dir}/runs.log"' '${args.says ?? "echo etcd Version: 3.6.5"}' >"$file"
    chmod +x "$file"
  done ;;
*) exit 2 ;;
esac`,
  );
}

/** A publisher that hands out scripts; says what it was asked for. */
export function publisher(log: string[]): Pick<Machine, "probe" | "fetchOfficial"> {
  return {
    probe: async (addresses) => new Map(addresses.map((address) => [address, undefined])),
    async fetchOfficial({ tool, source, folder }) {
      log.push(tool.name);
      const path = writeScript(join(folder, tool.name), playedTool(tool.name, source.version));
      return { name: tool.name, path, version: source.version, origin: "official" };
    },
  };
}
