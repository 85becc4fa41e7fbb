import type { KubernetesObject } from "../../policies/objects/object.ts";
import { stackOf } from "../../policies/objects/stack.ts";
import { messageOf } from "../../policies/rule.ts";
import { rules } from "../../policies/rules.ts";
import type { Finding } from "./findings.ts";

/** A manifest, and the file that holds it. */
interface Manifest {
  readonly file: string;
  readonly content: KubernetesObject;
}

/** What the project's own policies say of each object among the others; here, too, exceptions count only afterwards. */
export function judgeByPolicies(manifests: readonly Manifest[]): Finding[] {
  const stack = stackOf(manifests.map(({ file, content }) => ({ content, source: file })));
  return rules.flatMap((rule) => {
    const found = Map.groupBy(rule.check(stack), ({ object }) => object.content);
    return manifests.map(({ file, content }) => {
      const violations = found.get(content) ?? [];
      return {
        judge: "policies" as const,
        check: rule.name,
        severity: rule.severity,
        passed: violations.length === 0,
        file,
        message: violations.map((violation) => `${violation.path}: ${messageOf(rule, violation)}`).join(" "),
      };
    });
  });
}
