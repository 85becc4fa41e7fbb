import { basename, dirname, resolve } from "node:path/posix";
import { directory, type Entry, link, merged, type Owner, type Tree, text, treeOf } from "./tree.ts";

/**
 * An image put together from Debian packages, in the place of one from a registry. It has what the stack relies on, and no
 * other program: what begins to rely on another one fails here, and is to be added with its reason. Pods say what to run.
 */
export interface StandIn {
  /** For people. */
  readonly title: string;
  readonly packages: readonly string[];
  /** Packages that others ask for, and that nothing here uses. */
  readonly exclude: readonly string[];
  /** Programs, and why they are there. */
  readonly programs: Readonly<Record<string, string>>;
  readonly user: Owner & { readonly name: string };
  /** Directories that belong to the user. */
  readonly directories: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** What packages ask for to be installed and administered on a machine: nothing of it runs in a container. */
const administration = (
  "adduser base-files debconf debianutils dpkg init-system-helpers libjson-perl lsb-base netbase perl perl-base " +
  "sensible-utils sysvinit-utils ucf"
).split(" ");

export const standIns = {
  postgres: {
    title: "PostgreSQL from Debian packages",
    packages: ["postgresql", "postgresql-client", "bash", "dash", "coreutils", "grep", "libc-bin"],
    exclude: [
      ...administration,
      ...["postgresql-common", "postgresql-client-common", "ssl-cert", "locales", "libc-l10n"],
      // Compiles queries at run time; the server does without when it is not there.
      ...["libllvm14", "libllvm15", "libllvm16t64", "libllvm17t64", "libllvm19", "postgresql-17-jit"],
    ],
    programs: {
      postgres: "the server",
      bash: "runs prepare.sh and two probes",
      sh: "initdb, pg_ctl and psql run other programs through it",
      initdb: "prepare.sh makes the data directory",
      locale: "initdb asks for the collations of the system",
      pg_ctl: "prepare.sh starts and stops the server",
      psql: "prepare.sh makes the roles; a probe logs in",
      createdb: "prepare.sh makes the database",
      pg_isready: "two probes",
      cat: "prepare.sh, roles.sql and a probe read credentials",
      cp: "prepare.sh keeps the credentials that the pod was made for",
      grep: "prepare.sh looks for the database",
      mv: "prepare.sh gives the data directory its name",
      rm: "prepare.sh removes what an interrupted initdb left; so does initdb",
      sleep: "prepare.sh waits for the Secret",
    },
    user: { name: "postgres", uid: 999, gid: 999 },
    directories: ["var/lib/postgresql", "var/lib/postgresql/data"],
    env: { LANG: "C.UTF-8" },
  },
  redis: {
    title: "Redis from Debian packages",
    packages: ["redis-server", "redis-tools", "dash", "coreutils", "grep"],
    exclude: administration,
    programs: {
      "redis-server": "the server",
      "redis-cli": "the probes",
      sh: "runs start.sh and the probes",
      cat: "start.sh and the probes read credentials",
      cp: "start.sh keeps the password that the pod was made for",
      cut: "start.sh takes the digest of a password",
      grep: "start.sh sorts out known passwords; the probes judge an answer",
      head: "start.sh keeps the latest passwords",
      mv: "start.sh writes the passwords whole",
      sha256sum: "start.sh makes the digest of a password",
      sleep: "start.sh waits for the Secret",
    },
    user: { name: "redis", uid: 999, gid: 999 },
    directories: ["data"],
    env: {},
  },
} as const satisfies Readonly<Record<string, StandIn>>;

export type StandInName = keyof typeof standIns;

/** Files that no image needs: patterns from the root of the packages. */
export const unused = [
  ...["doc", "man", "info", "locale", "i18n", "lintian", "bash-completion", "gcc", "gdb"].map(
    (name) => `usr/share/${name}`,
  ),
  // Conversions between character sets, which neither Node.js nor a server here leaves to the C library.
  "usr/lib/*/gconv",
  // Choose among installed versions of PostgreSQL, of which there is one.
  "usr/share/postgresql-common",
  "usr/lib/postgresql/*/lib/bitcode",
  "usr/lib/postgresql/*/lib/llvmjit*",
];

/** Where packages put programs. */
const holdsPrograms = /^usr\/(s?bin|games|lib\/postgresql\/\d+\/bin)$/;

/**
 * The files of a stand-in.
 *
 * @param root folder with the unpacked packages, with merged /usr
 * @returns the tree, and the folders that its PATH must have
 * @throws Error that names a program of the stand-in that no package has
 */
export function standInTree(standIn: StandIn, root: string): { tree: Tree; path: readonly string[] } {
  const packaged = treeOf(root);
  const kept = new Set(
    Object.entries(standIn.programs).flatMap((program) => find(packaged, program, standIn)),
  );
  const isSurplus = (path: string, entry: Entry) =>
    entry.kind !== "directory" && holdsPrograms.test(dirname(path)) && !kept.has(path);
  const files = new Map([...packaged].filter(([path, entry]) => !isSurplus(path, entry)));
  const { name, uid, gid } = standIn.user;
  const own = standIn.directories.map((path) => [path, directory(0o755, { uid, gid })] as const);
  const tree = merged(
    files,
    skeleton,
    new Map([
      [
        "etc/passwd",
        text(`root:x:0:0:root:/root:/usr/sbin/nologin\n${name}:x:${uid}:${gid}::/tmp:/bin/sh\n`),
      ],
      ["etc/group", text(`root:x:0:\n${name}:x:${gid}:\n`)],
      ["etc/nsswitch.conf", text("hosts: files dns\n")],
      ...own,
    ]),
  );
  const path = new Set(["usr/bin", ...[...kept].map(dirname)]);
  return { tree, path: [...path].map((folder) => `/${folder}`) };
}

/** The directories that every image has: those that a runtime mounts on, and the ones that programs expect. */
export const skeleton: Tree = new Map([
  ...["dev", "etc", "proc", "run", "sys", "var"].map((path) => [path, directory()] as const),
  ["tmp", directory(0o1777)],
  ["var/run", link("/run")],
]);

/** Paths of a program: its own, and those that lead there by links. */
function find(tree: Tree, [program, why]: [string, string], { packages }: StandIn): string[] {
  const named = [...tree.keys()].filter(
    (path) => basename(path) === program && holdsPrograms.test(dirname(path)),
  );
  for (const path of named) {
    const chain = followed(tree, path);
    if (chain) return chain;
  }
  throw new Error(`${program} is in none of the packages ${packages.join(", ")}. It is needed: ${why}`);
}

/** The paths from a link to its file; undefined where there is none at the end. */
function followed(tree: Tree, path: string): string[] | undefined {
  const entry = tree.get(path);
  if (entry?.kind === "file") return [path];
  if (entry?.kind !== "link") return undefined;
  const rest = followed(tree, resolve("/", dirname(path), entry.target).slice(1));
  return rest && [path, ...rest];
}
