/**
 * A verification as the platform records it and as its API shows it. The gateway describes its API with these schemas,
 * the verifiers check with them what they store.
 */
import { z } from "zod";
import { type StandardId, standards } from "../../components/contract/standards.ts";

const standardIds = standards.map(({ id }) => id) as [StandardId, ...StandardId[]];

/** A JSON object whose shape the standard's module decides. */
export const JsonObject = z.record(z.string(), z.unknown());

/** How an engine's answer was checked again, without that engine. */
export const Recheck = z
  .object({
    method: z.enum(["simulation", "enumeration", "none"]).meta({
      description:
        "simulation: the evidence or counterexample was run step by step; enumeration: all cases were tried; none: not checked again",
    }),
    detail: z.string().min(1).meta({ description: "What was checked again, in a sentence" }),
  })
  .meta({ id: "Recheck", description: "Independent check of the engine's answer" });
export type Recheck = z.infer<typeof Recheck>;

/** Why a verification ended without an answer. */
export const unknownCodes = {
  timeout: "the time limit was reached",
  memory: "the memory limit was reached",
  "engine-failed": "an engine, or the process around it, failed",
  "worker-lost": "the workers that ran it were lost each time",
  "recheck-failed": "the independent check disagrees with the engine",
  undecided: "the engine ended without a decision",
} as const;
export type UnknownCode = keyof typeof unknownCodes;

/** One place of a submission's model that makes it no model of the standard. */
export const Problem = z
  .object({
    pointer: z.string().meta({ description: "JSON Pointer (RFC 6901) into the submission's model" }),
    detail: z.string().min(1).meta({ description: "What is wrong there, and what is allowed" }),
  })
  .meta({ id: "Problem" });
export type Problem = z.infer<typeof Problem>;

const claim = z.string().min(1).meta({ description: "What was found, in one sentence that a person reads" });

const Proved = z.object({
  verdict: z.literal("proved"),
  claim,
  recheck: Recheck,
  evidence: JsonObject.optional().meta({
    description: "What the proof is about, such as a synthesized schedule",
  }),
});

const Violated = z.object({
  verdict: z.literal("violated"),
  claim,
  counterexample: z.object({
    summary: z.string().min(1),
    steps: z.array(z.string()),
    data: JsonObject.meta({ description: "The counterexample for machines: enough to replay it" }),
  }),
  recheck: Recheck,
});

const Unknown = z.object({
  verdict: z.literal("unknown"),
  reason: z.object({
    code: z.enum(Object.keys(unknownCodes) as [UnknownCode, ...UnknownCode[]]).meta({
      description: Object.entries(unknownCodes)
        .map(([code, meaning]) => `${code}: ${meaning}`)
        .join("; "),
    }),
    detail: z.string().min(1).meta({ description: "What happened, and what may help" }),
  }),
});

const Invalid = z.object({
  verdict: z.literal("invalid"),
  problems: z.array(Problem).min(1).max(100),
});

/** What a verification finds out. */
export const Verdict = z
  .discriminatedUnion("verdict", [Proved, Violated, Unknown, Invalid])
  .meta({ id: "Verdict" });
export type Verdict = z.infer<typeof Verdict>;

/** What is known only once a verification has run: by which engine, and how long it took. */
const runFacts = {
  engine: z
    .object({ name: z.string().min(1), version: z.string().min(1) })
    .meta({ description: "The engine that the verdict comes from" }),
  durationMs: z
    .int()
    .min(0)
    .meta({ description: "Milliseconds from the start of the last attempt to its verdict" }),
};

/** A verdict as it is stored and shown. */
export const Result = z
  .discriminatedUnion("verdict", [
    Proved.extend(runFacts),
    Violated.extend(runFacts),
    Unknown.extend(runFacts),
    Invalid.extend(runFacts),
  ])
  .meta({ id: "Result" });
export type Result = z.infer<typeof Result>;

/** Verdicts that answer an equal submission too. `unknown` does not: a second try may find out. */
export const reusableVerdicts = [
  "proved",
  "violated",
  "invalid",
] as const satisfies readonly Verdict["verdict"][];

/** A verification: `queued` until a worker takes it, `running` until there is a result, then `finished` for good. */
export const Verification = z
  .object({
    id: z.uuid(),
    standard: z.enum(standardIds),
    property: z.string().min(1),
    status: z.enum(["queued", "running", "finished"]),
    submittedAt: z.iso.datetime(),
    startedAt: z.iso.datetime().optional().meta({ description: "Start of the last attempt" }),
    finishedAt: z.iso.datetime().optional(),
    modelHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .meta({ description: "SHA-256 of the model's canonical JSON (RFC 8785)" }),
    result: Result.optional().meta({ description: "Present if and only if the status is finished" }),
  })
  .meta({ id: "Verification" });
export type Verification = z.infer<typeof Verification>;
export type VerificationStatus = Verification["status"];

/** A verification as a list shows it: without its result, which may be large. */
export const VerificationSummary = Verification.omit({ result: true })
  .extend({
    verdict: z
      .enum(Verdict.options.map(({ shape }) => shape.verdict.value))
      .optional()
      .meta({ description: "That of the result; present if and only if the status is finished" }),
  })
  .meta({ id: "VerificationSummary" });
export type VerificationSummary = z.infer<typeof VerificationSummary>;
