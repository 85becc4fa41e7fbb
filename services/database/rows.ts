/** Rows of `platform.verifications` as the API shows them. */
import type { StandardId } from "../../components/contract/standards.ts";
import type { Result, Verification, VerificationStatus } from "./verification.ts";

/** The columns that make a `Verification`. */
export const shown =
  "id, standard, property, status, submitted_at, started_at, finished_at, model_hash, result";

/** A row of the columns `shown`. */
export interface Row {
  readonly id: string;
  readonly standard: StandardId;
  readonly property: string;
  readonly status: VerificationStatus;
  readonly submitted_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly model_hash: string;
  readonly result: Result | null;
}

export function verificationOf(row: Row): Verification {
  return {
    id: row.id,
    standard: row.standard,
    property: row.property,
    status: row.status,
    submittedAt: row.submitted_at.toISOString(),
    ...(row.started_at && { startedAt: row.started_at.toISOString() }),
    ...(row.finished_at && { finishedAt: row.finished_at.toISOString() }),
    modelHash: row.model_hash,
    ...(row.result && { result: row.result }),
  };
}
