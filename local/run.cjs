// Starts a command of this project with any Node.js from 16 on: installs the dependencies when they are missing or
// stale, then hands over to local/main.ts under the Node.js that package.json pins. Plain JavaScript, because it runs
// before anything is installed.
"use strict";

const { spawn, spawnSync } = require("node:child_process");
const { constants } = require("node:os");
const { existsSync, readFileSync } = require("node:fs");
const { delimiter, dirname, join } = require("node:path");

const root = join(__dirname, "..");
const bin = join(root, "node_modules", ".bin");

if (!dependenciesFit() || !pinnedOrOwnNode()) installDependencies();
handOver(pinnedOrOwnNode());

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
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18) ? process.execPath : undefined;
}

function packagesOf(lockfile) {
  try {
    return JSON.parse(readFileSync(lockfile, "utf8")).packages;
  } catch {
    return undefined;
  }
}

function installDependencies() {
  process.stderr.write("Installing the dependencies (about a minute)\n");
  // The npm that runs this script, or else the one on PATH.
  const npm = process.env.npm_execpath;
  const [command, first] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm]] : ["npm", []];
  const result = spawnSync(command, [...first, "ci", "--loglevel=error", "--no-fund", "--no-audit"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
  });
  if (result.status === 0 && pinnedOrOwnNode()) return;
  if (result.status === 0) {
    process.stderr.write(
      `There is no pinned Node.js for ${process.platform} on ${process.arch}, and this one is ${process.version}.\n` +
        "Install Node.js 22.18 or newer and run the same command again.\n",
    );
    process.exit(1);
  }
  const reason = result.error ? result.error.message : `npm ci ended with ${result.status ?? result.signal}`;
  process.stderr.write(
    `The dependencies could not be installed: ${reason}.\n` +
      "Check that npm reaches its registry and that there is room on the disk, then run the same command again.\n",
  );
  process.exit(1);
}

function handOver(node) {
  const child = spawn(node, [join(root, "local", "main.ts"), ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, PATH: [bin, dirname(node), process.env.PATH].join(delimiter) },
  });
  // Ctrl-C reaches the child by itself, being in the same process group; this process only waits for its end.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(
      `${node} cannot be started: ${error.message}\nRemove node_modules and run the same command again.\n`,
    );
    process.exit(1);
  });
  child.on("close", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
