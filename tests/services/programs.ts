/** Programs that the tests of the services run: from this machine when they fit, else from the tool cache. */
import { readdir, realpath } from "node:fs/promises";
import { dirname, join } from "node:path";
import { terminalReport } from "../../local/report.ts";
import { type DebianTreeArgs, debianTree } from "../../local/toolchain/debian/index.ts";
import { ensureTools, type ToolName } from "../../local/toolchain/index.ts";
import { interruptible } from "../../local/toolchain/interrupt.ts";
import { executables } from "../../local/toolchain/path.ts";
import { run } from "../../local/toolchain/process.ts";

const files = {
  postgresql: ["postgres", "initdb", "pg_ctl", "psql", "pg_dump", "pg_restore"],
  redis: ["redis-server", "redis-cli"],
  "postgres-exporter": ["postgres_exporter"],
  "redis-exporter": ["redis_exporter"],
  ruby: ["ruby"],
} as const;

/** Products that the platform pins, and their programs. */
const pinned = {
  z3: ["z3"],
  versitygw: ["versitygw"],
  prometheus: ["prometheus", "promtool"],
  alertmanager: ["alertmanager", "amtool"],
} as const satisfies Readonly<Record<string, readonly ToolName[]>>;

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
  "postgres-exporter": exporter("postgres"),
  "redis-exporter": exporter("redis"),
  ruby: {
    // What Logstash's JRuby speaks.
    major: 3,
    folders: async () => [],
    version: /^ruby (\d+)/,
    packages: {
      packages: ["ruby"],
      exclude: [
        "perl",
        "rake",
        "rubygems-integration",
        "ruby-rubygems",
        "ca-certificates",
        "fonts-lato",
        "libjs-jquery",
      ],
      omit: ["usr/share"],
      run: {
        programs: { ruby: "usr/bin/ruby[0-9]*" },
        // Encodings; libraries beside them are not found.
        paths: { RUBYLIB: "usr/lib/*-linux-gnu/ruby/[0-9]*" },
      },
    },
  },
};

/** Debian's names have a prefix. */
function exporter(of: "postgres" | "redis"): Wanted {
  return {
    major: 0,
    folders: async () => [],
    version: /(?:version |Exporter )v?(\d+)\./,
    packages: {
      packages: [`prometheus-${of}-exporter`],
      exclude: ["adduser", "daemon", "systemd-sysv"],
      omit: ["usr/share/{doc,man}", "lib/systemd", "etc"],
      run: { programs: { [`${of}_exporter`]: `usr/bin/prometheus-${of}-exporter` } },
    },
  };
}

/** Absolute paths of the programs of a product, by name. */
export type Programs<Product extends keyof typeof files | keyof typeof pinned> = Readonly<
  Record<
    (Product extends keyof typeof files
      ? (typeof files)[Product]
      : (typeof pinned)[Product & keyof typeof pinned])[number],
    string
  >
>;

/**
 * The programs of a product, from one place: PATH or where distributions put them when the version fits (PostgreSQL 15,
 * Redis 7, Ruby 3 or newer, any exporter), else Debian packages unpacked into the tool cache. Z3, versitygw, Prometheus and
 * Alertmanager are those that the platform pins, which may take minutes the first time.
 *
 * @throws ToolsMissingError, DebianError saying what to install
 */
export async function ensureProgram<Product extends keyof typeof files | keyof typeof pinned>(
  product: Product,
): Promise<Programs<Product>>;
export async function ensureProgram(
  product: keyof typeof files | keyof typeof pinned,
): Promise<Readonly<Record<string, string>>> {
  if (isPinned(product)) {
    const found = await ensureTools<ToolName>(pinned[product], terminalReport());
    return Object.fromEntries(pinned[product].map((name) => [name, found[name].path]));
  }
  return (await onThisMachine(product)) ?? (await fromPackages(product));
}

function isPinned(product: keyof typeof files | keyof typeof pinned): product is keyof typeof pinned {
  return Object.hasOwn(pinned, product);
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
