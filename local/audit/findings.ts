import { z } from "zod";

export const judgeNames = ["kube-score", "checkov", "trivy", "pod-security", "policies"] as const;
export type JudgeName = (typeof judgeNames)[number];

/** What one check of a judge says of one object. */
export interface Finding {
  readonly judge: JudgeName;
  /** The judge's own identifier. */
  readonly check: string;
  /** In the judge's own words; checkov has none without its service. */
  readonly severity: string;
  readonly passed: boolean;
  /** Path of the object's file, from the directory that was judged. */
  readonly file: string;
  /** What is wrong, and where in the object; empty when nothing is. */
  readonly message: string;
}

const line = z.strictObject({
  judge: z.enum(judgeNames),
  check: z.string().min(1),
  severity: z.string(),
  passed: z.boolean(),
  file: z.string().min(1),
  message: z.string(),
});

/**
 * Reads what the program `judges` prints: a finding a line, as JSON.
 *
 * @throws Error that quotes the line which is none
 */
export function parseJudgeLines(text: string): Finding[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((json) => {
      const { data, error } = line.safeParse(parsed(json, "the judges"));
      if (error) throw new Error(`the judges print what is no finding: ${json}\n${z.prettifyError(error)}`);
      return data;
    });
}

const checkovRecord = z.object({ check_id: z.string(), check_name: z.string(), file_path: z.string() });
const checkovRecords = z.array(
  checkovRecord.extend({
    check_result: z.object({ evaluated_keys: z.array(z.string()).nullish() }).nullish(),
  }),
);
const checkovReport = z.object({
  results: z.object({
    passed_checks: checkovRecords,
    failed_checks: checkovRecords,
    skipped_checks: checkovRecords,
    parsing_errors: z.array(z.string()),
  }),
});

/**
 * Reads the report of checkov, as JSON. A check that the manifest itself tells checkov to skip has failed.
 *
 * @throws Error when it is no such report, or checkov could not read a manifest
 */
export function parseCheckovReport(text: string): Finding[] {
  const { data, error } = checkovReport.safeParse(parsed(text, "checkov"));
  if (error) throw new Error(`checkov's report is not understood:\n${z.prettifyError(error)}`);
  const { passed_checks, failed_checks, skipped_checks, parsing_errors } = data.results;
  if (parsing_errors.length > 0) throw new Error(`checkov cannot read ${parsing_errors.join(", ")}`);
  return [
    ...passed_checks.map((record) => checkovFinding(record, true)),
    ...[...failed_checks, ...skipped_checks].map((record) => checkovFinding(record, false)),
  ];
}

function checkovFinding(record: z.infer<typeof checkovRecords>[number], passed: boolean): Finding {
  const places = (record.check_result?.evaluated_keys ?? []).filter(Boolean);
  const message = [record.check_name, ...places].join("; ");
  return {
    judge: "checkov",
    check: record.check_id,
    severity: "",
    passed,
    file: record.file_path.replace(/^\/+/, ""),
    message: passed ? "" : message,
  };
}

function parsed(text: string, who: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${who} did not print JSON, but: ${text.slice(0, 500)}`);
  }
}
