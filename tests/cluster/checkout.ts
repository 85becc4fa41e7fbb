import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { formVariable } from "../../local/cluster/index.ts";
import { root } from "../../local/paths.ts";

/** A finished command: its exit code, and everything that it said. */
export interface Finished {
  readonly code: number;
  readonly output: string;
}

const delays = "local/cluster/delays.yaml";

/**
 * A copy of this checkout that a test may change, with stacks and clusters of its own. What is played starts ten times as fast:
 * the order stays the same.
 */
export class Checkout {
  readonly directory: string;
  /** Everything that commands have said so far. */
  log = "";
  private readonly env: NodeJS.ProcessEnv;

  /** @param env variables of its commands; by default no container runs, which is what most tests need */
  constructor(env: NodeJS.ProcessEnv = { [formVariable]: "simulated" }) {
    this.directory = mkdtempSync(join(tmpdir(), "iot-verification-"));
    this.env = env;
    const files = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
      cwd: root,
    });
    for (const file of files
      .toString()
      .split("\0")
      .filter((name) => name && existsSync(join(root, name)))) {
      mkdirSync(dirname(join(this.directory, file)), { recursive: true });
      cpSync(join(root, file), join(this.directory, file));
    }
    this.write(
      delays,
      this.read(delays).replace(/(?<=seconds: )[\d.]+/g, (given) => String(Number(given) / 10)),
    );
    symlinkSync(join(root, "node_modules"), join(this.directory, "node_modules"));
    for (const service of readdirSync(join(root, "services"))) {
      const own = join("services", service, "node_modules");
      if (existsSync(join(root, own))) symlinkSync(join(root, own), join(this.directory, own));
    }
  }

  /** Runs `npm run COMMAND -- ARGS` without npm. */
  async run(command: string, ...argv: string[]): Promise<Finished> {
    const { finished } = this.start(command, ...argv);
    return finished;
  }

  /** Starts a command in a process group of its own. */
  start(command: string, ...argv: string[]): { child: ChildProcess; finished: Promise<Finished> } {
    const child = spawn(process.execPath, [join("local", "run.cjs"), command, ...argv], {
      cwd: this.directory,
      env: { ...process.env, INIT_CWD: this.directory, ...this.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    let output = "";
    const collect = (text: string) => {
      output += text;
      this.log += text;
    };
    child.stdout.setEncoding("utf8").on("data", collect);
    child.stderr.setEncoding("utf8").on("data", collect);
    const finished = new Promise<Finished>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? -1, output }));
    });
    return { child, finished };
  }

  /** Replaces the first occurrence of a text in a file, which must be there. */
  edit(file: string, from: string, to: string): void {
    const path = join(this.directory, file);
    const content = readFileSync(path, "utf8");
    if (!content.includes(from)) throw new Error(`${file} does not contain ${from}`);
    writeFileSync(path, content.replace(from, to));
  }

  read(file: string): string {
    return readFileSync(join(this.directory, file), "utf8");
  }

  write(file: string, content: string): void {
    writeFileSync(join(this.directory, file), content);
  }

  exists(file: string): boolean {
    return existsSync(join(this.directory, file));
  }

  /** Ends every stack and removes the copy. */
  async remove(...stacks: string[]): Promise<void> {
    for (const stack of stacks) await this.run("down", "--stack", stack);
    rmSync(this.directory, { recursive: true, force: true });
  }
}
