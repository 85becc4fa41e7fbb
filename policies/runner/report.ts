import { clusterKinds } from "../data/cluster-kinds.ts";
import type { Exception, Finding, IdleException, Judgement } from "../judge.ts";
import type { StackObject } from "../objects/stack.ts";

/** Findings for machines: an array of objects. What is in no namespace has null there. */
export function asJson(findings: readonly (Finding | Exception)[]): string {
  const rows = findings.map((finding) => {
    const { policy, severity, object, path, message } = finding;
    const { kind, name, source } = object;
    const namespace = clusterKinds.has(kind) ? null : object.namespace;
    return {
      policy,
      severity,
      kind,
      namespace,
      name,
      path,
      message,
      ...(source !== undefined && { source }),
      ...("reason" in finding && { reason: finding.reason }),
    };
  });
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

/** Such as `Deployment shop/web`, or `ClusterRole reader`. */
export function titleOf({ kind, namespace, name }: StackObject): string {
  return clusterKinds.has(kind) ? `${kind} ${name}` : `${kind} ${namespace}/${name}`;
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
    return `${titleOf(object)}${source}\n${lines.join("")}`;
  });
  const mandatory = findings.filter(({ severity }) => severity === "mandatory").length;
  const total =
    `${judged} objects: ${mandatory} mandatory and ${findings.length - mandatory} advisory violations, ` +
    `${exceptions.length} excepted\n`;
  return [...blocks, total].join("\n");
}

/** Exceptions for people: what, where, and the reason that stands there; and those that are of no use. */
export function exceptionTable({
  exceptions,
  idle,
}: {
  readonly exceptions: readonly Exception[];
  readonly idle: readonly IdleException[];
}): string {
  const lines = exceptions.map(
    ({ policy, object, path, reason }) => `${titleOf(object)}  ${policy}\n  ${path}\n  ${reason}\n`,
  );
  const useless = idle.map(({ object, name, isRule }) => {
    const why = isRule
      ? "excepts from nothing: remove it"
      : "names no rule of these: correct it, or leave it to its judge";
    return `${titleOf(object)}  ${name}\n  ${why}\n`;
  });
  const count = `${exceptions.length} violations are excepted; ${idle.length} exceptions are of no use here\n`;
  return `${[...lines, ...useless].join("")}${count}`;
}
