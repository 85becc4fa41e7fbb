/** What the tests of the gateway submit, and what it is made with. */
import { z } from "zod";
import type { Result } from "../../../services/database/verification.ts";
import type { CredentialValues } from "../../../services/gateway/auth/keys.ts";
import type { SubmittableStandard } from "../../../services/gateway/catalogue.ts";

/** The credentials of a gateway that has rotated each of them once. */
export const credentials: CredentialValues = {
  apiKey: "current-api-key-0123456789012345678901234567",
  previousApiKey: "previous-api-key-012345678901234567890123456",
  jwtSecret: "current-jwt-secret-01234567890123456789012345",
  previousJwtSecret: "previous-jwt-secret-0123456789012345678901234",
  signingKeyId: undefined,
};

/** A standard whose models are small. */
export const standard: SubmittableStandard = {
  id: "tsn",
  properties: [
    { id: "schedulable", title: "Schedulable", description: "There is a schedule." },
    { id: "bounded", title: "Bounded", description: "No frame is late." },
  ],
  model: z.strictObject({
    streams: z.array(z.strictObject({ "name/id": z.string(), period: z.int().min(1) })).max(100),
    mode: z.union([z.literal("off"), z.strictObject({ gap: z.int() })]).optional(),
    comment: z.string().optional(),
  }),
  examples: [
    { title: "One stream", property: "bounded", model: { streams: [{ "name/id": "a", period: 5 }] } },
  ],
};

export const submission = (period = 5) => ({
  standard: "tsn",
  property: "bounded",
  model: { streams: [{ "name/id": "a", period }] },
});

export const proved: Result = {
  verdict: "proved",
  claim: "No frame is late.",
  recheck: { method: "enumeration", detail: "All were tried." },
  engine: { name: "z3", version: "4.15.3" },
  durationMs: 12,
};
