import { isKept } from "../objects/claims.ts";
import { optionOf } from "../objects/prometheus.ts";
import { prometheusContainers } from "../objects/prometheus-flags.ts";
import { quantityOf } from "../objects/quantity.ts";
import type { Stack, StackObject, Workload } from "../objects/stack.ts";
import { at, fields, isSet, list, text } from "../objects/values.ts";
import { type StackViolation, stackRule } from "../rule.ts";

/** On volumes of their own, and of the operator's resources; an agent keeps nothing. */
export const prometheusRetention = stackRule({
  name: "prometheus-retention",
  severity: "advisory",
  description: "Prometheus deletes its oldest blocks before its volume is full.",
  why: "Retention by time does not know how much comes: a full volume stops the server.",
  reference: "https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects",
  check: (stack) => [
    ...stack.workloads.flatMap((workload) => ofWorkload(stack, workload)),
    ...stack.ofKind("Prometheus").flatMap(ofResource),
  ],
});

const fix = "Bound it at about four fifths of the volume: --storage.tsdb.retention.size=8GB of 10Gi";

function ofWorkload(stack: Stack, workload: Workload): StackViolation[] {
  return prometheusContainers(workload.content).flatMap(({ container, words }) => {
    const volume = volumeOf(stack, workload, container.container.volumeMounts);
    if (!volume || words.some((word) => word === "--agent" || word.includes("agent-mode"))) return [];
    const field = list(container.container.command).some((word) => text(word)?.startsWith("--"))
      ? "command"
      : "args";
    const path = `${container.path}.${field}`;
    const bound = optionOf(
      words.flatMap((word) => word.split(/\s+/)),
      "storage.tsdb.retention.size",
    );
    if (bound === undefined)
      return [
        {
          object: workload,
          path,
          problem: `container ${container.name} is bounded by no size, but its volume is`,
          fix,
        },
      ];
    const size = bytesOf(bound);
    if (size === undefined || volume.bytes === undefined || size === 0 || size < volume.bytes) return [];
    const problem = `container ${container.name} keeps ${bound} on a volume of ${volume.bytes / 2 ** 30} GiB`;
    return [{ object: workload, path, problem, fix }];
  });
}

function ofResource(object: StackObject): StackViolation[] {
  const { spec } = object.content;
  if (!isSet(at(spec, "storage", "volumeClaimTemplate")) || isSet(at(spec, "retentionSize"))) return [];
  const problem = "the server is bounded by no size, but its volume is";
  return [
    {
      object,
      path: "spec.retentionSize",
      problem,
      fix: "Write retentionSize, at about four fifths of the volume",
    },
  ];
}

/** The claim that a container keeps its series on, and its size where the set shows it. */
function volumeOf(
  stack: Stack,
  { namespace, pod, content }: Workload,
  mounts: unknown,
): { bytes: number | undefined } | undefined {
  const templates = list(at(content, "spec", "volumeClaimTemplates"));
  for (const item of list(mounts)) {
    const name = text(fields(item).name);
    const template = templates.find((one) => text(fields(fields(one).metadata).name) === name);
    if (template) return { bytes: sizeOf(template) };
    const volume = list(pod.spec.volumes).find((one) => text(fields(one).name) === name);
    if (!isKept(volume) || isSet(fields(volume).hostPath)) continue;
    const claimed = text(at(volume, "persistentVolumeClaim", "claimName"));
    const claim = claimed === undefined ? undefined : stack.find("PersistentVolumeClaim", namespace, claimed);
    return { bytes: claim && sizeOf(claim.content) };
  }
  return undefined;
}

function sizeOf(claim: unknown): number | undefined {
  return quantityOf(at(claim, "spec", "resources", "requests", "storage"))?.amount;
}

/** Prometheus' own units are powers of 1024: https://prometheus.io/docs/prometheus/latest/command-line/prometheus/ */
function bytesOf(size: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([KMGTPE])B$/.exec(size);
  if (!match) return undefined;
  return Number(match[1]) * 1024 ** ("KMGTPE".indexOf(match[2] ?? "") + 1);
}
