/**
 * How long a workload takes to start, from the committed delays alone: the arithmetic of the played pods in plain numbers,
 * sharing nothing with the stages that play them (local/cluster/stages.ts).
 */
import { z } from "zod";
import type { DelayTable, ImageDelays } from "../cluster/delays.ts";

const probe = z.object({ initialDelaySeconds: z.number().default(0), periodSeconds: z.number().default(10) });
const container = z.object({
  image: z.string(),
  restartPolicy: z.string().optional(),
  startupProbe: probe.optional(),
  readinessProbe: probe.optional(),
});
const claimed = z.object({
  persistentVolumeClaim: z.unknown().optional(),
  ephemeral: z.unknown().optional(),
});
const podSpec = z.object({
  containers: z.array(container).min(1),
  initContainers: z.array(container).default([]),
  volumes: z.array(claimed).default([]),
});
const workload = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.unknown()).optional() }).optional(),
  spec: z.object({
    replicas: z.number().default(1),
    minReadySeconds: z.number().default(0),
    podManagementPolicy: z.string().default("OrderedReady"),
    volumeClaimTemplates: z.array(z.unknown()).default([]),
    template: z.object({ spec: podSpec }),
  }),
});

type Container = z.infer<typeof container>;
type PodSpec = z.infer<typeof podSpec>;

/** Whether the engine waits for the pods of a resource, by its Pulumi type, such as `kubernetes:apps/v1:Deployment`. */
export function isAwaited({ type }: { readonly type: string }): boolean {
  return /^kubernetes:.*:(Deployment|StatefulSet|DaemonSet|Job)$/.test(type);
}

/**
 * Seconds from the creation of a resource to the moment at which the engine takes it for ready; 0 for what has no pods, or is not
 * awaited.
 *
 * @throws Error when a workload is not understood
 */
export function startUpSeconds(
  resource: { readonly type: string; readonly inputs: unknown },
  delays: DelayTable,
): number {
  const kind = resource.type.split(":").at(-1);
  const operated = delays.operators.find((one) => one.kind === kind);
  if (operated) return operated.seconds;
  if (!isAwaited(resource)) return 0;
  const { metadata, spec } = workload.parse(resource.inputs);
  if (metadata?.annotations?.["pulumi.com/skipAwait"] === "true" || spec.replicas === 0) return 0;
  const pod = spec.template.spec;
  const running = untilRunning(pod, { delays, claims: spec.volumeClaimTemplates.length > 0 });
  if (kind === "Job") return running + slowest(pod.containers, (one) => of(delays.job, one));
  const ready = running + slowest(pod.containers, (one) => untilReady(one, delays)) + spec.minReadySeconds;
  const oneByOne = kind === "StatefulSet" && spec.podManagementPolicy === "OrderedReady";
  return oneByOne ? ready * spec.replicas : ready;
}

/** Volume, sandbox, every image once, init containers one after the other, then the containers. */
function untilRunning(pod: PodSpec, { delays, claims }: { delays: DelayTable; claims: boolean }): number {
  const { initContainers, containers, volumes } = pod;
  const mountsClaim = claims || volumes.some((volume) => volume.persistentVolumeClaim ?? volume.ephemeral);
  const images = new Map([...initContainers, ...containers].map((one) => [one.image, of(delays.pull, one)]));
  const inits = initContainers.filter(({ restartPolicy }) => restartPolicy !== "Always");
  return sum([
    claims ? delays.provision.seconds : 0,
    delays.sandbox.seconds,
    mountsClaim ? delays.attach.seconds : 0,
    ...images.values(),
    delays.container.seconds,
    ...inits.map((one) => of(delays.init, one)),
    initContainers.length > 0 ? delays.container.seconds : 0,
  ]);
}

/** From running to the first probe that succeeds: probes come at their delay, then once a period. */
function untilReady(one: Container, delays: DelayTable): number {
  const answers = of(delays.answers, one);
  const started = one.startupProbe ? firstProbe(one.startupProbe, answers) : answers;
  return one.readinessProbe ? firstProbe(one.readinessProbe, started) : 0;
}

function firstProbe({ initialDelaySeconds, periodSeconds }: z.infer<typeof probe>, from: number): number {
  const periods = Math.max(0, Math.ceil((from - initialDelaySeconds) / periodSeconds));
  return initialDelaySeconds + periods * periodSeconds;
}

/** The delay of a container's image; `*` stands for every other image. */
function of(list: ImageDelays, { image }: Container): number {
  const name = image.split("@")[0]?.split("/").at(-1)?.split(":")[0];
  const entry = list.find((one) => one.image === name) ?? list.find((one) => one.image === "*");
  return entry?.seconds ?? 0;
}

const slowest = (all: readonly Container[], seconds: (one: Container) => number) =>
  Math.max(...all.map(seconds));
const sum = (all: readonly number[]) => all.reduce((total, one) => total + one, 0);
