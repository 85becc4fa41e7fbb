import { expect, test } from "vitest";
import { bytesOf, millicoresOf } from "../../components/foundation/quantity.ts";
import type { Asked, Recording } from "./mocks.ts";
import { runProgram } from "./program.ts";
import { at, nameOf, type Resources, templateOf, workloads } from "./shapes.ts";

test("stack dev fits 2 cores and 9 GiB whole, one pod more of each Deployment's roll and the largest Job included", async () => {
  const { recording } = await runProgram({ stack: "dev" });
  const sums: Share[] = [];
  const rolls: Share[] = [];
  const jobs: Share[] = [];
  for (const workload of workloads(recording)) {
    const pod = shareOf(workload);
    if (["Job", "CronJob"].includes(String(workload.inputs.kind))) jobs.push(pod);
    else sums.push(...Array<Share>(podsOf(workload, recording)).fill(pod));
    if (workload.inputs.kind === "Deployment") rolls.push(pod);
  }
  const total = sumOf([...sums, ...rolls]);
  const [all, job] = [sumOf(sums), largestOf(jobs)];
  expect(total.cpu + job.cpu).toBeLessThanOrEqual(2000);
  expect(total.memory + job.memory).toBeLessThanOrEqual(9 * 2 ** 30);
  expect(all.memoryLimit + job.memoryLimit).toBeLessThanOrEqual(9 * 2 ** 30);
});

/** In thousandths of a core, and bytes. */
interface Share {
  readonly cpu: number;
  readonly memory: number;
  readonly memoryLimit: number;
}

/** Pods that a workload begins with; of a DaemonSet one, as there is one node. */
function podsOf(workload: Asked, recording: Recording): number {
  if (workload.inputs.kind === "DaemonSet") return 1;
  const scaler = recording
    .ofKind("HorizontalPodAutoscaler")
    .find((one) => at(one, "spec.scaleTargetRef.name") === nameOf(workload));
  return Number(scaler ? at(scaler, "spec.minReplicas") : at(workload, "spec.replicas"));
}

/** What a pod takes: its containers run together, after those that prepare it. */
function shareOf(workload: Asked): Share {
  const { initContainers = [], containers } = templateOf(workload).spec;
  const shares = (some: typeof containers) =>
    some.map(({ resources }) => {
      const { requests, limits } = resources as Resources;
      return {
        cpu: millicoresOf(requests.cpu) ?? Number.NaN,
        memory: bytesOf(requests.memory) ?? Number.NaN,
        memoryLimit: bytesOf(limits.memory) ?? Number.NaN,
      };
    });
  return largestOf([...shares(initContainers), sumOf(shares(containers))]);
}

function sumOf(shares: readonly Share[]): Share {
  return combined(shares, (a, b) => a + b);
}

function largestOf(shares: readonly Share[]): Share {
  return combined(shares, Math.max);
}

function combined(shares: readonly Share[], combine: (a: number, b: number) => number): Share {
  return shares.reduce(
    (one, other) => ({
      cpu: combine(one.cpu, other.cpu),
      memory: combine(one.memory, other.memory),
      memoryLimit: combine(one.memoryLimit, other.memoryLimit),
    }),
    { cpu: 0, memory: 0, memoryLimit: 0 },
  );
}
