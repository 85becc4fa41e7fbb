// Starts a command of this project with any Node.js from 16 on: installs the dependencies when they are missing or
// stale, then hands over to local/main.ts under the Node.js that package.json pins. Plain JavaScript, because it runs
// before anything is installed.
"use strict";

const { spawn, spawnSync } = require("node:child_process");
const { constants, hostname } = require("node:os");
const fs = require("node:fs");
const { isatty } = require("node:tty");
const { delimiter, dirname, join } = require("node:path");

const root = join(__dirname, "..");
const bin = join(root, "node_modules", ".bin");

if (!isInstalled()) {
  const problem = alone(() => (isInstalled() ? undefined : installDependencies()));
  if (problem) {
    process.stderr.write(`${problem}\n`);
    process.exit(1);
  }
}
handOver(pinnedOrOwnNode());

function isInstalled() {
  return dependenciesFit() && pinnedOrOwnNode() !== undefined;
}

function dependenciesFit() {
  const wanted = packagesOf(join(root, "package-lock.json"));
  const installed = packagesOf(join(root, "node_modules", ".package-lock.json"));
  if (!wanted || !installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "") return true;
    const found = installed[path];
    return found ? found.version === entry.version : entry.optional === true;
  });
}

/** The pinned Node.js; on platforms that its package does not serve, the one that runs this, if it is new enough. */
function pinnedOrOwnNode() {
  const pinned = join(bin, "node");
  if (fs.existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18) ? process.execPath : undefined;
}

function packagesOf(lockfile) {
  try {
    return JSON.parse(fs.readFileSync(lockfile, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/**
 * Runs `work` while no other process installs. The lock is a link that names its holder, so that it appears with its
 * content. One whose holder is dead, or that is older than any installation, is taken over.
 */
function alone(work) {
  const lock = join(root, ".local", "install.lock");
  fs.mkdirSync(dirname(lock), { recursive: true });
  for (let announced; !take(lock); ) {
    const holder = livingHolder(lock);
    if (!holder) continue;
    if (holder !== announced)
      process.stderr.write(`Waiting for process ${holder}, which installs the dependencies (${lock})\n`);
    announced = holder;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  }
  try {
    return work();
  } finally {
    fs.rmSync(lock, { force: true });
  }
}

function take(lock) {
  try {
    fs.symlinkSync(`${process.pid}@${hostname()}`, lock);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

/** Who holds the lock; removes it when that process is dead. */
function livingHolder(lock) {
  const aside = `${lock}.${process.pid}`;
  try {
    const holder = fs.readlinkSync(lock);
    const { mtimeMs } = fs.lstatSync(lock);
    if (Date.now() - mtimeMs < 30 * 60_000 && mayLive(holder)) return holder;
    fs.renameSync(lock, aside);
    // Another process that waited may have been faster, and hold the lock by now.
    if (fs.readlinkSync(aside) === holder) fs.unlinkSync(aside);
    else fs.renameSync(aside, lock);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
  return undefined;
}

function mayLive(holder) {
  const [pid, host] = holder.split("@");
  try {
    return host !== hostname() || process.kill(Number(pid), 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Returns what went wrong. */
function installDependencies() {
  const modules = join(root, "node_modules");
  if (fs.lstatSync(modules, { throwIfNoEntry: false })?.isSymbolicLink())
    return `${modules} is a link, and npm would empty the folder that it leads to. Remove the link and run the same command again.`;
  process.stderr.write("Installing the dependencies (about a minute)\n");
  // The npm that runs this script, or else the one on PATH.
  const npm = process.env.npm_execpath;
  const [command, first] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm]] : ["npm", []];
  // Whatever the user's settings leave out elsewhere, is needed here: the pinned Node.js comes by a script.
  const needed = ["--include=dev", "--include=optional", "--ignore-scripts=false"];
  const argv = [...first, "ci", ...needed, "--loglevel=error", "--no-fund", "--no-audit"];
  const result = spawnSync(command, argv, { cwd: root, stdio: ["ignore", 2, 2] });
  if (result.status === 0 && pinnedOrOwnNode()) return undefined;
  if (result.status === 0)
    return (
      `There is no pinned Node.js for ${process.platform} on ${process.arch}, and this one is ${process.version}.\n` +
      "Install Node.js 22.18 or newer and run the same command again."
    );
  const reason = result.error ? result.error.message : `npm ci ended with ${result.status ?? result.signal}`;
  return (
    `The dependencies could not be installed: ${reason}.\n` +
    "Check that npm reaches its registry and that there is room on the disk, then run the same command again."
  );
}

function handOver(node) {
  const child = spawn(node, [join(root, "local", "main.ts"), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, PATH: [bin, dirname(node), process.env.PATH].join(delimiter) },
  });
  // Ctrl-C at a terminal reaches the child by itself, being in the same process group. Elsewhere the first SIGINT is
  // passed on, and not those that npm or the group send along with it.
  // By the descriptors: to look at process.stdin would change the pipe that the child reads.
  const atTerminal = [0, 1, 2].some((descriptor) => isatty(descriptor));
  let interrupted = atTerminal;
  process.on("SIGINT", () => {
    if (!interrupted) child.kill("SIGINT");
    interrupted = true;
  });
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(
      `${node} cannot be started: ${error.message}\nRemove node_modules and run the same command again.\n`,
    );
    process.exit(1);
  });
  child.on("close", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
