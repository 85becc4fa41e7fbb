/** Rows of `platform.verifications` as the API shows them. */
import type { StandardId } from "../../components/contract/standards.ts";
import type { Result, Verification, VerificationStatus, VerificationSummary } from "./verification.ts";

const common = "id, standard, property, status, submitted_at, started_at, finished_at, model_hash";

/** The columns that make a `Verification`. */
export const shown = `${common}, result`;

/** The columns that make a `VerificationSummary`: a page of whole results could fill the memory. */
export const summarized = `${common}, result ->> 'verdict' AS verdict`;

interface CommonRow {
  readonly id: string;
  readonly standard: StandardId;
  readonly property: string;
  readonly status: VerificationStatus;
  readonly submitted_at: Date;
  readonly started_at: Date | null;
  readonly finished_at: Date | null;
  readonly model_hash: string;
}

/** A row of the columns `shown`. */
export interface Row extends CommonRow {
  readonly result: Result | null;
}

/** A row of the columns `summarized`. */
export interface SummaryRow extends CommonRow {
  readonly verdict: Result["verdict"] | null;
}

export function verificationOf(row: Row): Verification {
  return { ...commonOf(row), ...(row.result && { result: row.result }) };
}

export function summaryOf(row: SummaryRow): VerificationSummary {
  return { ...commonOf(row), ...(row.verdict && { verdict: row.verdict }) };
}

function commonOf(row: CommonRow) {
  return {
    id: row.id,
    standard: row.standard,
    property: row.property,
    status: row.status,
    submittedAt: row.submitted_at.toISOString(),
    ...(row.started_at && { startedAt: row.started_at.toISOString() }),
    ...(row.finished_at && { finishedAt: row.finished_at.toISOString() }),
    modelHash: row.model_hash,
  };
}
