import { isOwnKind } from "../objects/places.ts";
import { containersOf, podSpecOf } from "../objects/pods.ts";
import { probesOf } from "../objects/probes.ts";
import { isSet, number } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** What starts or restarts a container goes by one answer; who runs to an end is not asked at all. */
export const probeSettings = objectRule({
  name: "probe-settings",
  severity: "mandatory",
  description: "Probes have only the settings of their sort, and only containers that last have probes.",
  why: "The API server refuses the pods.",
  reference:
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/#configure-probes",
  check(object) {
    const pod = isOwnKind(object) ? podSpecOf(object) : undefined;
    if (!pod) return [];
    return containersOf(pod).flatMap((owner) =>
      probesOf(owner).flatMap(({ path, sort, who, probe }): Violation[] => {
        if (!owner.isLasting) {
          const what =
            owner.role === "initContainers" ? "an init container, which ends" : "an ephemeral container";
          return [{ path, problem: `the ${who} is of ${what}`, fix: "Leave it out" }];
        }
        const successes = number(probe.successThreshold) ?? 1;
        if (sort !== "readinessProbe")
          // 0 is taken for 1, and what is below it is another rule's.
          return successes <= 1
            ? []
            : [
                {
                  path: `${path}.successThreshold`,
                  problem: `the ${who} wants ${successes} successes`,
                  fix: "Write 1, or leave it out",
                },
              ];
        if (!isSet(probe.terminationGracePeriodSeconds)) return [];
        const problem = `the ${who} has a time to end, and ends nothing`;
        return [{ path: `${path}.terminationGracePeriodSeconds`, problem, fix: "Leave it out" }];
      }),
    );
  },
});
