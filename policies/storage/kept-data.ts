import { isKept } from "../objects/claims.ts";
import { type Server, serversOf } from "../objects/servers.ts";
import { fields, ifKnown, isSet, list, text } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

/**
 * Databases by their images. Redis is mostly a cache, and is left alone unless it is told to write what it holds; a pod by
 * itself is for trying out.
 */
export const keptData = stackRule({
  name: "kept-data",
  severity: "mandatory",
  description: "Databases keep their data on volumes that outlive their pods.",
  why: "With the pod, the data is gone: by an update, an eviction, or a node that fails.",
  reference: "https://kubernetes.io/docs/concepts/storage/volumes/#emptydir",
  check: (stack) =>
    serversOf(stack)
      .filter(({ workload }) => workload.kind !== "Pod")
      .filter((server) => server.engine !== "redis" || isWritten(server))
      .flatMap(violationsOf),
});

function isWritten({ words, mounted }: Server): boolean {
  const texts = [words.join(" "), ...mounted.files.map(({ content }) => content)];
  return texts.some((text) => /appendonly\s+yes/.test(text));
}

function violationsOf({ workload, container, image, words }: Server): StackViolation[] {
  const isInMemory = /--storageEngine=?\s*inMemory|server -dev|-dev\b/.test(words.join(" "));
  if (isInMemory) return [];
  const volumes = new Map(
    list(workload.pod.spec.volumes).map((volume, index) => [text(fields(volume).name), { volume, index }]),
  );
  const mounts = [...list(container.container.volumeMounts), ...list(container.container.volumeDevices)].map(
    fields,
  );
  // What is in no list is a claim of a template, or of somebody who adds it later.
  if (mounts.some(({ name }) => isKept(volumes.get(text(name))?.volume ?? { name, claim: {} }))) return [];
  const scratch = mounts
    .filter(
      ({ mountPath }) =>
        !/^\/(?:tmp|run|var\/run|dev|etc|docker-entrypoint)/.test(ifKnown(() => text(mountPath)) ?? ""),
    )
    .map(({ name }) => volumes.get(text(name)))
    .find((one) => isSet(fields(one?.volume).emptyDir));
  const fix = "Make it a StatefulSet with volumeClaimTemplates, and mount the claim where the data is";
  if (scratch)
    return [
      {
        object: workload,
        path: `${workload.pod.path}.volumes[${scratch.index}].emptyDir`,
        problem: `container ${container.name} (${image}) keeps its data in scratch space`,
        fix,
      },
    ];
  return [
    {
      object: workload,
      path: `${container.path}.volumeMounts`,
      problem: `container ${container.name} (${image}) keeps its data on no volume`,
      fix,
    },
  ];
}
