import type { Assessment, Failure, Figures } from "./assess.ts";
import { judgeNames } from "./findings.ts";

/** The audit of one stack, for people. */
export function describeAssessment(stack: string, assessment: Assessment): string {
  const { objects, workloads, unexplained, excepted, voidExceptions, figures } = assessment;
  const parts = [
    `Stack ${stack}: ${objects} objects, ${workloads} of them workloads`,
    table([
      ["judge", "passed", "excepted", "unexplained"],
      ...judgeNames.map((judge) => counts(judge, assessment)),
    ]),
    `Exceptions aside: ${describeFigures(figures, workloads)}`,
    ...(excepted.length > 0
      ? [["Excepted, as declared on the objects:", ...exceptedBlocks(excepted)].join("\n")]
      : []),
    ...section(
      "Exceptions that do not count:",
      voidExceptions.map(({ check, object, problem }) => [check, object, problem]),
    ),
    ...section(
      "Unexplained:",
      unexplained.map(({ finding, object }) => [
        finding.judge,
        finding.check,
        finding.severity || "-",
        object,
        finding.message,
      ]),
    ),
  ];
  return `${parts.join("\n\n")}\n`;
}

/** The last line: what the exit code says. */
export function describeVerdict(assessments: readonly Assessment[]): string {
  const open = assessments.reduce((sum, { unexplained }) => sum + unexplained.length, 0);
  const empty = assessments.reduce((sum, { voidExceptions }) => sum + voidExceptions.length, 0);
  if (open + empty === 0) return "Clean: 0 findings are unexplained, and every exception is needed.\n";
  return (
    `Not clean: ${open} findings are unexplained, and ${empty} exceptions do not count. Mend the object, or declare an ` +
    "exception with its reason where the object is declared (docs/audit.md).\n"
  );
}

function counts(judge: (typeof judgeNames)[number], { passed, excepted, unexplained }: Assessment): string[] {
  const ofJudge = (failures: readonly Failure[]) =>
    failures.filter(({ finding }) => finding.judge === judge).length;
  return [judge, passed[judge], ofJudge(excepted), ofJudge(unexplained)].map(String);
}

function describeFigures({ kubeScore, checkovPerWorkload, restricted }: Figures, workloads: number): string {
  const { critical, checks } = kubeScore;
  const share = ((100 * critical) / Math.max(1, checks)).toFixed(1);
  return [
    `kube-score finds ${critical} of ${checks} critical (${share} %)`,
    `checkov ${checkovPerWorkload.toFixed(1)} failures a workload`,
    `Pod Security restricted is kept by ${restricted} of ${workloads} workloads`,
  ].join(", ");
}

/** One block for each check and reason: both, then the objects that give it. */
function exceptedBlocks(excepted: readonly Failure[]): string[] {
  const groups = new Map<string, Set<string>>();
  for (const { finding, object, reason = "" } of excepted) {
    const key = `  ${finding.judge.padEnd(judgeWidth)}  ${finding.check}: ${reason}`;
    groups.set(key, (groups.get(key) ?? new Set()).add(object));
  }
  return [...groups].map(([head, objects]) =>
    [head, ...[...objects].map((one) => `      ${one}`)].join("\n"),
  );
}

const judgeWidth = Math.max(...judgeNames.map(({ length }) => length));

function section(title: string, rows: readonly string[][]): string[] {
  return rows.length === 0 ? [] : [`${title}\n${table(rows)}`];
}

/** Columns as wide as they must be, but the last. */
function table(rows: readonly string[][]): string {
  const columns = Math.max(...rows.map(({ length }) => length));
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? "").length)),
  );
  return rows
    .map((row) => `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}
