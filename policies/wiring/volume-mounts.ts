import { containersOf, podSpecOf } from "../objects/pods.ts";
import { at, fields, list, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** What containers mount must be there, and each place be taken once. */
export const volumeMounts = objectRule({
  name: "volume-mounts",
  severity: "mandatory",
  description: "Containers mount volumes that their pod has, each at a path of its own.",
  why: "The API server refuses the pods.",
  reference: "https://kubernetes.io/docs/concepts/storage/volumes/#how-volumes-work",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    const templates = list(at(object, "spec", "volumeClaimTemplates")).map(
      (one) => fields(fields(one).metadata).name,
    );
    const volumes = new Set(
      [...list(pod.spec.volumes).map((one) => fields(one).name), ...templates].flatMap(
        (one) => text(one) ?? [],
      ),
    );
    // Operators add volumes of their own to what they complete.
    const isComplete =
      text(object.apiVersion) === "v1" || /^(apps|batch)\//.test(text(object.apiVersion) ?? "");
    return containersOf(pod).flatMap(({ path, name, container }) => {
      const taken = new Map<string, string>();
      const mounts = ["volumeMounts", "volumeDevices"] as const;
      return mounts.flatMap((field) =>
        list(container[field]).flatMap((item, index) => {
          const mount = fields(item);
          const volume = text(mount.name) ?? "";
          const place = text(mount.mountPath ?? mount.devicePath);
          const where = `${path}.${field}[${index}]`;
          if (isComplete && !volumes.has(volume)) {
            const have = [...volumes].join(", ") || "none";
            const problem = `container ${name} mounts volume ${volume || "without a name"}, and the pod has ${have}`;
            return [
              { path: `${where}.name`, problem, fix: "Add the volume to the pod, or name one that it has" },
            ];
          }
          const other = place === undefined ? undefined : taken.get(place);
          if (place !== undefined) taken.set(place, volume);
          if (other === undefined) return [];
          const problem = `container ${name} mounts ${volume} at ${place}, where it mounts ${other} already`;
          return [
            { path: `${where}.mountPath`, problem, fix: "Write another path, or leave one of them out" },
          ];
        }),
      );
    });
  },
});
