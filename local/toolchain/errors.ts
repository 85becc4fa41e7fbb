import type { ToolName } from "./tool-spec.ts";

/** The ways in the order in which they are tried. */
export type Way = "cache" | "PATH" | "official" | "build";

/** One way that did not lead to a tool, and why. */
export interface Attempt {
  readonly way: Way;
  readonly reason: string;
}

export interface Missing {
  readonly name: ToolName;
  /** What would have been taken, as a semver range. */
  readonly accepted: string;
  readonly attempts: readonly Attempt[];
  /** Where a person gets the tool. */
  readonly install: string;
}

/** Tools could not be had. The message is meant for the person at the keyboard and is complete. */
export class ToolsMissingError extends Error {
  override readonly name = "ToolsMissingError";
  readonly missing: readonly Missing[];

  constructor(args: { missing: readonly Missing[]; advice: string }) {
    super([...args.missing.map(describe), args.advice].join("\n"));
    this.missing = args.missing;
  }
}

function describe(tool: Missing): string {
  const attempts = tool.attempts.map(({ way, reason }) => `  ${way.padEnd(9)} ${reason}`);
  return [
    `${tool.name} (${tool.accepted}) cannot be had. Tried, in this order:`,
    ...attempts,
    `  by hand   put a fitting one on PATH: ${tool.install}`,
  ].join("\n");
}

/** A build that ended badly: the reason in one line, what helps, and the compiler's own last words. */
export class BuildError extends Error {
  override readonly name = "BuildError";
  readonly advice: string;

  constructor(args: { reason: string; advice: string }) {
    super(args.reason);
    this.advice = args.advice;
  }
}

const networkSigns =
  /dial tcp|no such host|connection refused|i\/o timeout|TLS handshake|network is unreachable|proxyconnect|connection reset|Client\.Timeout|disabled by GOPROXY/;

/** Reads Go's output for what a person can do about it. */
export function explainGoFailure(args: {
  what: string;
  problem: string;
  lines: readonly string[];
  place: string;
}) {
  const said = args.lines.filter((line) => !/^(go: downloading |#|[\w./-]+$|[{}]$)/.test(line));
  const tail = said.slice(-8).map((line) => `            ${line.trim().slice(0, 300)}`);
  const text = said.join("\n");
  const because = (reason: string) => [`${args.what} failed: ${reason}`, ...tail].join("\n");
  if (/no space left on device/i.test(text)) {
    return new BuildError({
      reason: because("the disk is full"),
      advice: `Free some space for ${args.place} (about 10 GB in all) and run the command again: it goes on where it stopped.`,
    });
  }
  if (networkSigns.test(text)) {
    return new BuildError({
      reason: because("Go's module proxy cannot be reached"),
      advice:
        "Connect to the network, or point Go at a module proxy that can be reached (go env -w GOPROXY=URL), and run the command again: it goes on where it stopped.",
    });
  }
  if (/SECURITY ERROR|checksum mismatch/.test(text)) {
    return new BuildError({
      reason: because("a module is not the one that go.sum names"),
      advice:
        "What was downloaded differs from what this project pins. Do not go on: find out what your module proxy serves (go env GOPROXY; go clean -modcache drops what is kept).",
    });
  }
  return new BuildError({
    reason: because(args.problem),
    advice:
      "Run the command again: it goes on where it stopped. If it fails again, install the tool by hand.",
  });
}
