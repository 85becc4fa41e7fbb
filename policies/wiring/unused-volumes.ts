import { containersOf, podSpecOf } from "../objects/pods.ts";
import { at, fields, list, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** A volume that no container mounts was meant for something. */
export const unusedVolumes = objectRule({
  name: "unused-volumes",
  severity: "advisory",
  description: "Every volume of a pod is mounted by one of its containers.",
  why: "Whoever needs its files does not have them, or nobody needs it.",
  reference: "https://kubernetes.io/docs/concepts/storage/volumes/#how-volumes-work",
  check(object) {
    const pod = podSpecOf(object);
    // Operators add containers of their own to what they complete, which may mount it.
    const isComplete =
      text(object.apiVersion) === "v1" || /^(apps|batch)\//.test(text(object.apiVersion) ?? "");
    if (!pod || !isComplete) return [];
    const mounted = new Set(
      containersOf(pod).flatMap(({ container }) =>
        [...list(container.volumeMounts), ...list(container.volumeDevices)].map((one) => fields(one).name),
      ),
    );
    const own = list(pod.spec.volumes).map((item, index) => ({
      name: text(fields(item).name),
      path: `${pod.path}.volumes[${index}]`,
    }));
    const claimed = list(at(object, "spec", "volumeClaimTemplates")).map((item, index) => ({
      name: text(fields(fields(item).metadata).name),
      path: `spec.volumeClaimTemplates[${index}]`,
    }));
    const volumes = [...own, ...claimed];
    const names = new Set<unknown>(volumes.map(({ name }) => name));
    // A mount of a volume that is not there may mean any of them; that is another rule's matter.
    if ([...mounted].some((name) => !names.has(name))) return [];
    return volumes.flatMap(({ name, path }) => {
      if (name === undefined || mounted.has(name)) return [];
      const fix = "Mount it (volumeMounts) in the container that needs it, or leave it out";
      return [{ path, problem: `volume ${name} is mounted by no container`, fix }];
    });
  },
});
