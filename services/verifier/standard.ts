/**
 * What the module of a standard provides, and what it is given. The module knows the standard; everything around it
 * (leasing, processes, limits, storing) is the verifier's.
 */
import type { z } from "zod";
import type { StandardId } from "../../components/contract/standards.ts";
import type { Verdict } from "../database/verification.ts";
import type { EngineErrorCode, EngineName } from "./engines.ts";

export type { EngineErrorCode, EngineName } from "./engines.ts";

/** A submission as a module sees it: its structure is checked, its meaning is not. */
export interface Submission {
  /** Id of one of the module's properties. */
  readonly property: string;
  /** What `StandardModule.model` accepts. */
  readonly model: unknown;
}

/** One property that a standard's models can be verified for. */
export interface Property {
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

/** A submission that works as it is, for people who try the API. */
export interface Example extends Submission {
  readonly title: string;
}

/** The module of one standard. */
export interface StandardModule {
  readonly id: StandardId;
  readonly properties: readonly Property[];
  /** Structure of a model; what it cannot say is found by `verify`, which then answers `invalid`. */
  readonly model: z.ZodType;
  readonly examples: readonly Example[];
  /** Engines that `verify` runs; the first is named in results. */
  readonly engines: readonly [EngineName, ...EngineName[]];
  /**
   * Finds the verdict. Runs in a process of its own that has memory and time limits, so it may compute at will. An
   * `EngineError` or any other error that it throws ends the verification as `unknown`.
   */
  verify(submission: Submission, context: VerifyContext): Promise<Verdict>;
}

/** One run of an engine. */
export interface EngineCall {
  readonly engine: EngineName;
  /** Text for the engine's standard input. */
  readonly input: string;
  /** Arguments besides those that set limits and make the engine read its standard input. */
  readonly args?: readonly string[];
}

/** How far a verification is. */
export interface Progress {
  /** Stable name of the phase, such as `encode`. */
  readonly phase: string;
  /** For people. */
  readonly detail?: string | undefined;
  /** Steps done of `total` steps in this phase. */
  readonly done?: number | undefined;
  readonly total?: number | undefined;
}

/** What a module is given for one verification. */
export interface VerifyContext {
  /**
   * Runs an engine in a process of its own and waits for its end. What it says when it gives up is recognized: output is
   * returned only when the engine answered.
   *
   * @throws EngineError with code `timeout`, `memory` or `failed`
   */
  runEngine(call: EngineCall): Promise<{ readonly stdout: string }>;
  progress(update: Progress): void;
  /** When the verification ends as `unknown` (timeout): milliseconds since the epoch. */
  readonly deadline: number;
  /** Aborted at the deadline. */
  readonly signal: AbortSignal;
}

/** An engine gave no answer. The message says what happened, with the engine's own words as far as there are any. */
export class EngineError extends Error {
  readonly code: EngineErrorCode;

  constructor(code: EngineErrorCode, message: string) {
    super(message);
    this.name = "EngineError";
    this.code = code;
  }
}
