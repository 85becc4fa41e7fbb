/** Programs that the tests of the services run: from this machine when they fit, else from the tool cache. */
import { readdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { terminalReport } from "../../local/report.ts";
import { type DebianTreeArgs, debianTree } from "../../local/toolchain/debian/index.ts";
import { ensureTools } from "../../local/toolchain/index.ts";
import { interruptible } from "../../local/toolchain/interrupt.ts";
import { executables } from "../../local/toolchain/path.ts";
import { run } from "../../local/toolchain/process.ts";

const files = {
  postgresql: ["postgres", "initdb", "pg_ctl", "psql"],
  redis: ["redis-server", "redis-cli"],
} as const;

interface Wanted {
  /** Least major version. */
  readonly major: number;
  /** Folders with programs besides those of PATH. */
  readonly folders: () => Promise<string[]>;
  readonly version: RegExp;
  readonly packages: Pick<DebianTreeArgs, "packages" | "exclude" | "omit" | "run">;
}

const wanted: Readonly<Record<keyof typeof files, Wanted>> = {
  postgresql: {
    major: 15,
    folders: debianFolders,
    version: /PostgreSQL\) (\d+)/,
    packages: {
      packages: ["postgresql"],
      // Scripts that manage clusters on an installed machine, and the compiler of expressions.
      exclude: [
        "postgresql-common",
        "postgresql-client-common",
        "perl",
        "locales",
        "ssl-cert",
        "libllvm14",
        "libllvm17",
        "libllvm19",
      ],
      omit: ["usr/share/{doc,man,locale}", "usr/lib/postgresql/*/lib/{bitcode,llvmjit*}"],
      run: {
        programs: Object.fromEntries(
          files.postgresql.map((name) => [name, `usr/lib/postgresql/*/bin/${name}`]),
        ),
      },
    },
  },
  redis: {
    major: 7,
    folders: async () => [],
    version: /v=(\d+)/,
    packages: {
      packages: ["redis-server", "redis-tools"],
      exclude: ["adduser", "lsb-base", "sysvinit-utils"],
      omit: ["usr/share/{doc,man,locale}"],
      run: { programs: Object.fromEntries(files.redis.map((name) => [name, `usr/bin/${name}`])) },
    },
  },
};

/** Absolute paths of the programs of a product, by name. */
export type Programs<Name extends keyof typeof files> = Readonly<
  Record<(typeof files)[Name][number], string>
>;

/**
 * The programs of a product, from one place: PATH or where distributions put them when the version fits (PostgreSQL 15,
 * Redis 7 or newer), else Debian packages unpacked into the tool cache; Z3 is the one that the platform pins.
 *
 * @throws ToolsMissingError, DebianError saying what to install
 */
export function ensureProgram(name: "z3"): Promise<{ readonly z3: string }>;
export function ensureProgram<Name extends keyof typeof files>(name: Name): Promise<Programs<Name>>;
export async function ensureProgram(
  name: "z3" | keyof typeof files,
): Promise<Readonly<Record<string, string>>> {
  if (name === "z3") return { z3: (await ensureTools(["z3"], terminalReport())).z3.path };
  return (await onThisMachine(name)) ?? (await fromPackages(name));
}

async function onThisMachine(name: keyof typeof files): Promise<Record<string, string> | undefined> {
  const { folders, version, major } = wanted[name];
  const [main] = files[name];
  const onPath = await Promise.all((await executables(main, process.env)).map((path) => realpath(path)));
  for (const folder of [...onPath.map(dirname), ...(await folders())]) {
    const PATH = folder;
    const found = await Promise.all(
      files[name].map(async (file) => [file, (await executables(file, { PATH }))[0]]),
    );
    if (found.some(([, path]) => path === undefined)) continue;
    const { ok, lines } = await run(join(folder, main), ["--version"]);
    if (ok && Number(version.exec(lines.join("\n"))?.[1]) >= major) return Object.fromEntries(found);
  }
  return undefined;
}

async function fromPackages(name: keyof typeof files): Promise<Readonly<Record<string, string>>> {
  const { programs } = await interruptible((signal) =>
    debianTree({ set: name, libc: "machine", ...wanted[name].packages, report: terminalReport(), signal }),
  );
  return programs;
}

/** Debian keeps several versions of PostgreSQL apart; the newest first. */
async function debianFolders(): Promise<string[]> {
  const base = "/usr/lib/postgresql";
  const versions = await readdir(base).catch(() => []);
  return versions.sort((a, b) => Number(b) - Number(a)).map((version) => join(base, version, "bin"));
}
