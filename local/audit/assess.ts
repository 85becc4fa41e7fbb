import type { Finding, JudgeName } from "./findings.ts";
import { judgeNames } from "./findings.ts";
import type { AuditedObject } from "./manifests.ts";

/** A failed check, and whether the object declares an exception from it. */
export interface Failure {
  readonly finding: Finding;
  /** `KIND/NAMESPACE/NAME`. */
  readonly object: string;
  /** Why it is right as it is; undefined when nothing is declared. */
  readonly reason: string | undefined;
}

/** A declared exception that does not count, and why not. */
export interface VoidException {
  readonly object: string;
  readonly check: string;
  readonly problem: string;
}

export interface Assessment {
  readonly objects: number;
  readonly workloads: number;
  /** Checks that were passed, by judge. */
  readonly passed: Readonly<Record<JudgeName, number>>;
  readonly unexplained: readonly Failure[];
  readonly excepted: readonly Failure[];
  readonly voidExceptions: readonly VoidException[];
  readonly figures: Figures;
}

/** What the peers of docs/audit.md are compared by; exceptions make none of it better. */
export interface Figures {
  /** Checks of kube-score, and those of them that are critical. */
  readonly kubeScore: { readonly checks: number; readonly critical: number };
  /** Failed checks of checkov for each workload. */
  readonly checkovPerWorkload: number;
  /** Workloads that keep Pod Security "restricted". */
  readonly restricted: number;
}

/**
 * Weighs what the judges found against the exceptions that objects declare.
 *
 * An exception counts for its own object only. It is void when the object passes the check, and when the object runs an image
 * of the platform's own: what is ours is mended, but for a digest, which only a registry gives.
 *
 * @throws Error when a judge speaks of a file that is none of the objects', or says nothing of a workload: an audit is clean because
 * every judge has looked, not because one has not
 */
export function assess(objects: readonly AuditedObject[], findings: readonly Finding[]): Assessment {
  const byFile = new Map(objects.map((object) => [object.file, object]));
  const failures = findings
    .filter(({ passed }) => !passed)
    .map((finding): Failure => {
      const object = byFile.get(finding.file);
      if (!object) throw new Error(`${finding.judge} speaks of ${finding.file}, which is no manifest`);
      const reason = mayExcept(object, finding.check) ? object.exceptions[finding.check] : undefined;
      return { finding, object: object.id, reason };
    })
    .sort(inOrder);
  const workloads = objects.filter(({ isWorkload }) => isWorkload);
  requireEveryJudge(workloads, findings);
  return {
    objects: objects.length,
    workloads: workloads.length,
    passed: countPassed(findings),
    unexplained: failures.filter(({ reason }) => reason === undefined),
    excepted: failures.filter(({ reason }) => reason !== undefined),
    voidExceptions: objects.flatMap((object) => voidExceptions(object, findings)),
    figures: figuresOf(findings, workloads),
  };
}

function requireEveryJudge(workloads: readonly AuditedObject[], findings: readonly Finding[]): void {
  const judged = new Set(findings.map(({ judge, file }) => `${judge} ${file}`));
  const missed = judgeNames.flatMap((judge) =>
    workloads.filter(({ file }) => !judged.has(`${judge} ${file}`)).map(({ id }) => `  ${judge}: ${id}`),
  );
  if (missed.length === 0) return;
  throw new Error(
    [
      "judges have passed no judgement, good or bad, on workloads that they were given:",
      ...missed,
      "See how they are asked (local/audit/judges.ts), and whether they still know these kinds.",
    ].join("\n"),
  );
}

/** Whether an audit is clean. */
export function isClean({ unexplained, voidExceptions }: Assessment): boolean {
  return unexplained.length === 0 && voidExceptions.length === 0;
}

function mayExcept({ isOwn }: AuditedObject, check: string): boolean {
  return !isOwn || check === "CKV_K8S_43";
}

function voidExceptions(object: AuditedObject, findings: readonly Finding[]): VoidException[] {
  const failed = new Set(
    findings.filter(({ passed, file }) => !passed && file === object.file).map(({ check }) => check),
  );
  return Object.keys(object.exceptions).flatMap((check) => {
    if (!mayExcept(object, check))
      return [{ object: object.id, check, problem: "it runs an image of our own: mend it instead" }];
    return failed.has(check)
      ? []
      : [{ object: object.id, check, problem: "nothing fails this check: remove it" }];
  });
}

function countPassed(findings: readonly Finding[]): Record<JudgeName, number> {
  const count = (judge: JudgeName) => findings.filter((one) => one.judge === judge && one.passed).length;
  return Object.fromEntries(judgeNames.map((judge) => [judge, count(judge)])) as Record<JudgeName, number>;
}

function figuresOf(findings: readonly Finding[], workloads: readonly AuditedObject[]): Figures {
  const of = (judge: JudgeName) => findings.filter((one) => one.judge === judge);
  const failedOf = (judge: JudgeName) => of(judge).filter(({ passed }) => !passed);
  const unrestricted = new Set(failedOf("pod-security").map(({ file }) => file));
  return {
    kubeScore: {
      checks: of("kube-score").length,
      critical: failedOf("kube-score").filter(({ severity }) => severity === "critical").length,
    },
    checkovPerWorkload: failedOf("checkov").length / Math.max(1, workloads.length),
    restricted: workloads.filter(({ file }) => !unrestricted.has(file)).length,
  };
}

function inOrder(a: Failure, b: Failure): number {
  const key = ({ finding, object }: Failure) =>
    [judgeNames.indexOf(finding.judge), finding.check, object, finding.message].join("\n");
  return key(a) < key(b) ? -1 : 1;
}
