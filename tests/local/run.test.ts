import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { root } from "../../local/paths.ts";
import { scratch } from "./toolchain-scratch.ts";

const lockfile = JSON.stringify({ packages: { "": {}, "node_modules/a": { version: "1.0.0" } } });

/** Fails when another one is at work, and then takes some time, as npm does. */
const npm = `
const fs = require("node:fs");
fs.appendFileSync("npm.log", process.argv.slice(2).join(" ") + "\\n");
if (fs.existsSync("npm-fails")) process.exit(7);
fs.mkdirSync("installing");
fs.mkdirSync("node_modules", { recursive: true });
setTimeout(() => {
  fs.writeFileSync("node_modules/.package-lock.json", fs.readFileSync("package-lock.json"));
  fs.rmdirSync("installing");
}, 300);
`;

/** A checkout of the launcher, with this as its program. */
function checkout(main: string): string {
  const directory = scratch();
  mkdirSync(join(directory, "local"));
  copyFileSync(join(root, "local", "run.cjs"), join(directory, "local", "run.cjs"));
  writeFileSync(join(directory, "local", "main.ts"), main);
  writeFileSync(join(directory, "package-lock.json"), lockfile);
  writeFileSync(join(directory, "npm.cjs"), npm);
  return directory;
}

function installed(directory: string): string {
  mkdirSync(join(directory, "node_modules"));
  writeFileSync(join(directory, "node_modules", ".package-lock.json"), lockfile);
  return directory;
}

function start(directory: string, ...argv: string[]): ChildProcess {
  const child = spawn(process.execPath, [join("local", "run.cjs"), ...argv], {
    cwd: directory,
    env: { ...process.env, npm_execpath: join(directory, "npm.cjs") },
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  return child;
}

async function run(directory: string, ...argv: string[]) {
  const child = start(directory, ...argv);
  const [[code], out, err] = await Promise.all([
    once(child, "close"),
    text(child.stdout as NodeJS.ReadableStream),
    text(child.stderr as NodeJS.ReadableStream),
  ]);
  return { code, out, err };
}

const say = "console.log(process.argv.slice(2).join());";
const lockOf = (directory: string) => join(directory, ".local", "install.lock");
const installations = (directory: string) =>
  readFileSync(join(directory, "npm.log"), "utf8").split("\n").slice(0, -1);

test("hands arguments and exit code through, and installs nothing that is there", async () => {
  const directory = installed(checkout(`${say} process.exitCode = 3;`));
  expect(await run(directory, "up", "--stack", "dev")).toEqual({ code: 3, out: "up,--stack,dev\n", err: "" });
  expect(readdirSync(directory).sort()).toEqual(["local", "node_modules", "npm.cjs", "package-lock.json"]);
});

test("installs everything that is needed, whatever npm is configured to leave out", async () => {
  const directory = checkout(say);
  const { code, out, err } = await run(directory, "up");
  expect([code, out, err]).toEqual([0, "up\n", "Installing the dependencies (about a minute)\n"]);
  expect(installations(directory)).toEqual([
    "ci --include=dev --include=optional --ignore-scripts=false --loglevel=error --no-fund --no-audit",
  ]);
});

test("a failed installation is told, and leaves no lock", async () => {
  const directory = checkout(say);
  writeFileSync(join(directory, "npm-fails"), "");
  const { code, out, err } = await run(directory, "up");
  expect([code, out]).toEqual([1, ""]);
  expect(err).toContain("The dependencies could not be installed: npm ci ended with 7.\n");
  expect(readdirSync(join(directory, ".local"))).toEqual([]);
});

test("of first commands at the same time one installs, and the others wait for it", async () => {
  const directory = checkout(say);
  mkdirSync(join(directory, ".local"));
  symlinkSync(`${process.pid}@${hostname()}`, lockOf(directory));
  const commands = ["a", "b", "c"].map((name) => start(directory, name));
  for (const { stderr } of commands) {
    const [line] = await once(createInterface({ input: stderr as NodeJS.ReadableStream }), "line");
    const self = `${process.pid}@${hostname()}`;
    expect(line).toBe(`Waiting for process ${self}, which installs the dependencies (${lockOf(directory)})`);
  }
  rmSync(lockOf(directory));
  const ends = await Promise.all(commands.map((command) => once(command, "close")));
  expect(ends).toEqual(commands.map(() => [0, null]));
  expect(installations(directory)).toHaveLength(1);
  expect(readdirSync(join(directory, ".local"))).toEqual([]);
});

test.each([
  ["a dead process", () => `${2 ** 22 + 1}@${hostname()}`, 0],
  ["long ago", () => `${process.pid}@${hostname()}`, 31],
])("the lock of %s is taken over, by one of those that wait", async (_, holder, minutes) => {
  const directory = checkout(say);
  mkdirSync(join(directory, ".local"));
  symlinkSync(holder(), lockOf(directory));
  const time = Date.now() / 1000 - minutes * 60;
  lutimesSync(lockOf(directory), time, time);
  const results = await Promise.all(["a", "b"].map((name) => run(directory, name)));
  expect(results.map(({ code }) => code)).toEqual([0, 0]);
  expect(installations(directory)).toHaveLength(1);
  expect(readdirSync(join(directory, ".local"))).toEqual([]);
});

test("without a terminal, the program gets the first SIGINT once, and every SIGTERM", async () => {
  const directory = installed(
    checkout(`
let count = 0;
process.on("SIGINT", () => console.log("SIGINT", ++count));
process.on("SIGTERM", () => process.exit(count));
setInterval(() => {}, 1000);
console.log("ready");
`),
  );
  const child = start(directory, "up");
  let out = "";
  child.stdout?.setEncoding("utf8").on("data", (chunk: string) => (out += chunk));
  await expect.poll(() => out, { timeout: 10_000 }).toBe("ready\n");
  child.kill("SIGINT");
  await expect.poll(() => out).toBe("ready\nSIGINT 1\n");
  child.kill("SIGINT");
  await new Promise((resolve) => setTimeout(resolve, 200));
  child.kill("SIGTERM");
  expect(await once(child, "close")).toEqual([1, null]);
});

test("dependencies that are a link to another folder's are left alone", async () => {
  const directory = checkout("process.exit(0)");
  const elsewhere = installed(scratch());
  symlinkSync(join(elsewhere, "node_modules"), join(directory, "node_modules"));
  writeFileSync(join(directory, "package-lock.json"), lockfile.replace("1.0.0", "2.0.0"));
  const { code, err } = await run(directory);
  expect(err).toContain("node_modules is a link, and npm would empty the folder that it leads to.");
  expect(code).toBe(1);
  expect(readdirSync(join(elsewhere, "node_modules"))).toEqual([".package-lock.json"]);
});
