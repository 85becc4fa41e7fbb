import { z } from "zod";
import { containersOf, podSpecOf } from "../objects/pods.ts";
import { fields, isSet, number } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** A slow start is a matter for a startup probe. */
export const startupProbes = objectRule({
  name: "startup-probes",
  severity: "advisory",
  description: "A slow start is guarded by a startup probe, not by a delay of liveness.",
  why: "A start that is slower than the delay is killed again and again, and a hang in a fast one is seen late.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/probes/#startup-probe",
  options: z.object({
    delaySeconds: z.int().min(1).default(15).meta({
      description: "Delay of a liveness probe, in seconds, from which on a start is taken to be slow.",
    }),
  }),
  check(object, { delaySeconds }) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap(({ path, name, container }) => {
      const delay = number(fields(container.livenessProbe).initialDelaySeconds) ?? 0;
      if (delay < delaySeconds || isSet(container.startupProbe)) return [];
      return [
        {
          path: `${path}.livenessProbe.initialDelaySeconds`,
          problem: `container ${name} waits ${delay} s before it looks for life`,
          fix: "Write a startupProbe with failureThreshold and periodSeconds for the slowest start instead",
        },
      ];
    });
  },
});
