/** The engines that verifiers may run: how each is called, told its limits, and understood. A further one is one entry. */
import type { verifierSettings } from "../../components/contract/runtime.ts";

/** What one run of an engine may use. */
export interface EngineLimits {
  readonly seconds: number;
  readonly mebibytes: number;
}

/** Why an engine gave no answer. */
export type EngineErrorCode = "timeout" | "memory" | "failed";

/** A setting that may state the version of an engine. */
export type EngineSetting = (typeof verifierSettings)[number];

export interface Engine {
  /** What people call it. */
  readonly title: string;
  /** Program, found along PATH. */
  readonly program: string;
  /** How to ask for its version, and where the answer says it: the pattern's first group. */
  readonly version: { readonly args: readonly string[]; readonly pattern: RegExp };
  /** The setting that says which version an image must carry. */
  readonly setting: EngineSetting;
  /** Arguments by which it reads its standard input and keeps the limits by itself. */
  readonly args: (limits: EngineLimits) => readonly string[];
  /** What it says, on standard output or error, when it gave up: the first pattern that matches decides. */
  readonly givesUp: readonly { readonly pattern: RegExp; readonly code: EngineErrorCode }[];
}

export const engines = {
  /** https://github.com/Z3Prover/z3: options by `z3 -h`, language SMT-LIB 2. */
  z3: {
    title: "Z3",
    program: "z3",
    version: { args: ["--version"], pattern: /^Z3 version (\d+(?:\.\d+)+)/m },
    setting: "Z3_VERSION",
    args: ({ seconds, mebibytes }) => ["-in", `-T:${seconds}`, `-memory:${mebibytes}`],
    givesUp: [
      { pattern: /^timeout$/m, code: "timeout" },
      { pattern: /^\(error ".*out of memory"\)$/m, code: "memory" },
      // Asking for a model after `unsat`, or for a core after `sat`, is no failure: the answer stands.
      { pattern: /^\(error "(?!.* is not available).*"\)$/m, code: "failed" },
    ],
  },
} as const satisfies Readonly<Record<string, Engine>>;

/** The name of an engine of the table. */
export type EngineName = keyof typeof engines;
