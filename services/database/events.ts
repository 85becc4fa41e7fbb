/** What a verifier tells through Redis, and what both sides keep there. Redis may lose all of it at any time. */
import { z } from "zod";

/** How far a running verification is. */
export const ProgressEvent = z
  .object({
    type: z.literal("progress"),
    phase: z.string().meta({ description: "Stable name of the phase, such as encode" }),
    detail: z.string().optional(),
    done: z.number().optional().meta({ description: "Steps done in this phase" }),
    total: z.number().optional().meta({ description: "Steps of this phase" }),
  })
  .meta({ id: "ProgressEvent" });

/** The record has changed: it is running now, or finished. */
export const StatusEvent = z
  .object({ type: z.literal("status"), status: z.enum(["running", "finished"]) })
  .meta({ id: "StatusEvent" });

/** One message on the channel of a verification, as JSON. */
export const VerificationEvent = z.discriminatedUnion("type", [ProgressEvent, StatusEvent]);
export type VerificationEvent = z.infer<typeof VerificationEvent>;

/** Channel of Redis on which the events of a verification are published. */
export function progressChannel(id: string): string {
  return `progress:${id}`;
}

/** Key under which a finished verification is cached, as the JSON of a `Verification`. */
export function verificationKey(id: string): string {
  return `verification:${id}`;
}

/** Seconds that a finished verification stays cached: it never changes, so this only bounds the memory. */
export const verificationCacheSeconds = 3600;
