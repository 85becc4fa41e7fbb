/** What a worker and the process of a job tell each other over their IPC channel, as JSON. */
import { z } from "zod";
import { Verdict } from "../../database/verification.ts";
import { type EngineName, engines } from "../engines.ts";

/** From the worker, once: what is to be verified, and what it may use. */
export interface JobRequest {
  readonly property: string;
  readonly model: unknown;
  /** When the verification ends as unknown, as of `monotonicNow`. */
  readonly deadline: number;
  /** Memory of the job's process and its engine together. */
  readonly memoryBytes: number;
}

/** Milliseconds of the machine's clock that is never set, which all its processes have in common. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** How an engine ended. */
export const engineOutcomes = ["completed", "timeout", "memory", "failed"] as const;
export type EngineOutcome = (typeof engineOutcomes)[number];

const engineNames = Object.keys(engines) as [EngineName, ...EngineName[]];

/** From the job: any number of the others, then one `verdict` or `failure`. */
export const JobMessage = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("progress"),
    phase: z.string(),
    detail: z.string().optional(),
    done: z.number().optional(),
    total: z.number().optional(),
  }),
  /** `run` numbers the runs of engines in this job. */
  z.object({ type: z.literal("engine-started"), run: z.int(), engine: z.enum(engineNames) }),
  z.object({ type: z.literal("engine-ended"), run: z.int(), outcome: z.enum(engineOutcomes) }),
  z.object({ type: z.literal("verdict"), verdict: Verdict }),
  z.object({
    type: z.literal("failure"),
    code: z.enum(["timeout", "memory", "engine-failed"]),
    detail: z.string(),
  }),
]);
export type JobMessage = z.infer<typeof JobMessage>;

/** Argument that makes the program of a verifier the process of one job. */
export const jobArgument = "verify-one";

/** The file descriptor that says, by its end, that the worker is gone: standard input to IPC channel come before it. */
export const lifelineFd = 4;

/** Bytes of a verdict at most, as JSON in UTF-8: the gateway has many of them in its memory at once. */
export const maxVerdictBytes = 2 ** 20;
