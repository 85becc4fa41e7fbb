import type { Stack, Workload } from "../objects/stack.ts";
import { at, fields, ifKnown, isSet, list, text } from "../objects/values.ts";
import { isLongRunning } from "../objects/workloads.ts";
import { stackRule } from "../rule.ts";

/**
 * Containers that run for good. Whoever rolls the pods when the files change (a checksum in the template, a new name for new
 * content, an immutable object) has decided.
 */
export const subPathConfiguration = stackRule({
  name: "sub-path-configuration",
  severity: "advisory",
  description: "ConfigMaps and Secrets are mounted as folders, not file by file with subPath.",
  why: "A file that is mounted by subPath stays as it was when the object changes.",
  reference:
    "https://kubernetes.io/docs/tasks/configure-pod-container/configure-pod-configmap/#mounted-configmaps-are-updated-automatically",
  check: (stack) =>
    stack.workloads
      .filter((workload) => isLongRunning(workload) && !isRolled(workload))
      .flatMap((workload) => {
        const volumes = new Map(
          list(workload.pod.spec.volumes).map((volume) => [text(fields(volume).name), fields(volume)]),
        );
        return workload.containers
          .filter(({ isLasting }) => isLasting)
          .flatMap(({ container, path, name: who }) =>
            list(container.volumeMounts).flatMap((item, index) => {
              const { name, subPath, subPathExpr } = fields(item);
              const source = sourceOf(volumes.get(text(name)));
              if (!source || (!isSet(subPathExpr) && !text(subPath)) || isFixed(stack, workload, source))
                return [];
              return [
                {
                  object: workload,
                  path: `${path}.volumeMounts[${index}].${isSet(subPathExpr) ? "subPathExpr" : "subPath"}`,
                  problem: `container ${who} mounts one file of ${source.kind} ${source.name ?? text(name)}`,
                  fix: "Mount the whole volume into a folder of its own and point the program there, or roll the pods by a checksum in their annotations",
                },
              ];
            }),
          );
      }),
});

interface Source {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string | undefined;
}

function sourceOf(volume: unknown): Source | undefined {
  const { configMap, secret } = fields(volume);
  if (isSet(configMap)) return { kind: "ConfigMap", name: ifKnown(() => text(fields(configMap).name)) };
  if (isSet(secret)) return { kind: "Secret", name: ifKnown(() => text(fields(secret).secretName)) };
  return undefined;
}

function isRolled({ pod }: Workload): boolean {
  return Object.keys(pod.annotations.values).some((key) => /checksum|hash|revision|sha256|reload/i.test(key));
}

/** Names that end in a hash are for one content; so are objects that cannot change. */
function isFixed(stack: Stack, { namespace }: Workload, { kind, name }: Source): boolean {
  if (name === undefined || /-(?=[a-z0-9]*\d)[a-z0-9]{8,10}$/.test(name)) return true;
  return at(stack.find(kind, namespace, name)?.content, "immutable") === true;
}
