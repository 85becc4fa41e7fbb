import { containersOf, podSpecOf } from "../objects/pods.ts";
import { at, fields, number, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Pods are given time to end. */
export const gracePeriods = objectRule({
  name: "grace-periods",
  severity: "mandatory",
  description: "Pods are given time to end, and more of it than their preStop hooks wait.",
  why: "Containers are killed in the middle of what they do, and lose requests or data.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    const given = number(pod.spec.terminationGracePeriodSeconds);
    const grace = given ?? 30;
    const path = `${pod.path}.terminationGracePeriodSeconds`;
    if (grace <= 0) {
      const problem = `the pods are given ${grace} seconds to end`;
      return [{ path, problem, fix: "Write how many seconds they need at most, or leave it out for 30" }];
    }
    return containersOf(pod).flatMap(({ path: where, name, container }) => {
      const { field, seconds } = waitOf(container);
      if (seconds < grace) return [];
      const problem = `container ${name} waits ${seconds} seconds before it is told to end, of ${grace} that the pod has`;
      return [
        {
          path: `${where}.lifecycle.preStop.${field}`,
          problem,
          fix: "Wait less, or write a longer terminationGracePeriodSeconds",
        },
      ];
    });
  },
});

function waitOf(container: unknown): { field: string; seconds: number } {
  const preStop = fields(at(container, "lifecycle", "preStop"));
  const seconds = number(at(preStop, "sleep", "seconds"));
  if (seconds !== undefined) return { field: "sleep.seconds", seconds };
  const command = at(preStop, "exec", "command");
  const words = Array.isArray(command) ? command.map((word) => text(word) ?? "").join(" ") : "";
  const slept = /(^|[\s;&/])sleep\s+(\d+)\b/.exec(words)?.[2];
  return { field: "exec.command", seconds: slept === undefined ? 0 : Number(slept) };
}
