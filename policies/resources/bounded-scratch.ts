import { containersOf, podSpecOf } from "../objects/pods.ts";
import { fields, isSet, list, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** What a pod writes to its node's disk is bounded. */
export const boundedScratch = objectRule({
  name: "bounded-scratch",
  severity: "advisory",
  description: "An `emptyDir` has a size limit, or its pod's containers a limit of ephemeral storage.",
  why: "A pod that fills its node's disk takes the other pods of the node along.",
  reference: "https://kubernetes.io/docs/concepts/storage/volumes/#emptydir",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    const isBounded = containersOf(pod)
      .filter(({ role }) => role !== "ephemeralContainers")
      .every(({ container }) => isSet(fields(fields(container.resources).limits)["ephemeral-storage"]));
    return list(pod.spec.volumes).flatMap((item, index) => {
      const { name, emptyDir } = fields(item);
      if (!isSet(emptyDir) || isSet(fields(emptyDir).sizeLimit)) return [];
      // In memory it counts as the containers' own, which `memory-limits` bounds.
      if (isBounded || fields(emptyDir).medium === "Memory") return [];
      return [
        {
          path: `${pod.path}.volumes[${index}].emptyDir.sizeLimit`,
          problem: `volume ${text(name) ?? index} may grow as large as the node's disk`,
          fix: "Write sizeLimit, or limits of ephemeral-storage for all containers",
        },
      ];
    });
  },
});
