import type { Exception, Finding, Judgement } from "../judge.ts";

/** Findings for machines: an array of objects. */
export function asJson(findings: readonly Finding[]): string {
  const rows = findings.map(({ policy, severity, object, path, message }) => {
    const { kind, namespace, name, source } = object;
    return {
      policy,
      severity,
      kind,
      namespace,
      name,
      path,
      message,
      ...(source !== undefined && { source }),
    };
  });
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

/** Findings for people, under the object that each is about. */
export function asTable(judgement: Judgement, judged: number): string {
  const { findings, exceptions } = judgement;
  const blocks = [...Map.groupBy(findings, ({ object }) => object.content).values()].map((found) => {
    const [{ object }] = found as [Finding];
    const source = object.source === undefined ? "" : `  (${object.source})`;
    const lines = found.map(
      ({ severity, policy, path, message }) =>
        `  ${severity.padEnd(9)}  ${policy}\n    ${path}\n    ${message}\n`,
    );
    return `${object.kind} ${object.namespace}/${object.name}${source}\n${lines.join("")}`;
  });
  const mandatory = findings.filter(({ severity }) => severity === "mandatory").length;
  const total =
    `${judged} objects: ${mandatory} mandatory and ${findings.length - mandatory} advisory violations, ` +
    `${exceptions.length} excepted\n`;
  return [...blocks, total].join("\n");
}

/** Exceptions for people: what, where, and the reason that stands there. */
export function exceptionTable(exceptions: readonly Exception[]): string {
  const lines = exceptions.map(
    ({ policy, object, path, reason }) =>
      `${object.kind} ${object.namespace}/${object.name}  ${policy}\n  ${path}\n  ${reason}\n`,
  );
  return `${lines.join("")}${exceptions.length} violations are excepted\n`;
}
