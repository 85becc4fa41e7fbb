import { isKind } from "../objects/kinds.ts";
import { memberPath } from "../objects/texts.ts";
import { fields, isSet, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

const label = "pod-security.kubernetes.io/enforce";
const levels = ["privileged", "baseline", "restricted"];
const system = /^kube-(system|public|node-lease)$/;

/** A namespace says which pods it admits. */
export const podSecurityLabels = objectRule({
  name: "pod-security-labels",
  severity: "mandatory",
  description: `A Namespace names the Pod Security level that is enforced in it (${label}).`,
  why: "Without one, any pod is admitted, with the rights of the node too.",
  reference:
    "https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces",
  check(object) {
    const metadata = fields(object.metadata);
    if (!isKind(object, "Namespace") || system.test(text(metadata.name) ?? "")) return [];
    const labels = fields(metadata.labels);
    const fix = `Write ${label}: restricted, or the level that its pods need`;
    const path = "metadata.labels";
    if (!isSet(labels[label]))
      return [{ path: memberPath(path, label), problem: `the namespace has no label ${label}`, fix }];
    const level = text(labels[label]) ?? "";
    return levels.includes(level)
      ? []
      : [
          {
            path: memberPath(path, label),
            problem: `the namespace enforces ${level || "nothing"}, which is no level`,
            fix,
          },
        ];
  },
});
