import { z } from "zod";
import { baselineControls } from "../objects/baseline-controls.ts";
import { podSpecOf } from "../objects/pods.ts";
import { restrictedControls } from "../objects/restricted-controls.ts";
import { objectRule } from "../rule.ts";

const controls = { baseline: baselineControls, restricted: restrictedControls };

/** A pod that the API server would refuse in a namespace that enforces the level is refused in the preview. */
export const restrictedPods = objectRule({
  name: "restricted-pods",
  severity: "mandatory",
  description:
    "Pods keep a Pod Security Standard of Kubernetes 1.36: every control of `restricted`, or, where `level` says so, only those of `baseline`.",
  why: "Whoever breaks into such a container gets further than into its own processes.",
  reference: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  options: z.object({
    level: z
      .enum(["restricted", "baseline"])
      .default("restricted")
      .meta({ description: "Pod Security Standard that pods keep: `restricted`, or the weaker `baseline`." }),
  }),
  check(object, { level }) {
    const pod = podSpecOf(object);
    return pod ? controls[level].flatMap((control) => control(pod)) : [];
  },
});
