import { containersOf, podSpecOf } from "../objects/pods.ts";
import { fields } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Containers cannot change their own programs. */
export const readOnlyRoot = objectRule({
  name: "read-only-root",
  severity: "mandatory",
  description: "Containers have a read-only root file system.",
  why: "Whoever breaks in can replace the program and leave tools behind.",
  reference:
    "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
  check(object) {
    const pod = podSpecOf(object);
    // Windows has no such setting.
    if (!pod || fields(pod.spec.os).name === "windows") return [];
    return containersOf(pod)
      .filter(({ role }) => role !== "ephemeralContainers")
      .filter(({ container }) => fields(container.securityContext).readOnlyRootFilesystem !== true)
      .map(({ path, name }) => ({
        path: `${path}.securityContext.readOnlyRootFilesystem`,
        problem: `container ${name} can write to its image's files`,
        fix: "Set readOnlyRootFilesystem: true, and mount an emptyDir where it has to write",
      }));
  },
});
