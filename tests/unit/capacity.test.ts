import { describe, expect, test } from "vitest";
import { Capacity, containerLimits, quotaOf } from "../../components/foundation/capacity.ts";
import { type Demand, podsWhileReplaced } from "../../components/foundation/capacity-demand.ts";
import { record } from "./mocks.ts";
import { at, labels } from "./shapes.ts";

const small = {
  requests: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "256Mi" },
  limits: { cpu: "0.25", memory: "96Mi", "ephemeral-storage": "256Mi" },
};
const large = {
  requests: { cpu: "1", memory: "1Gi", "ephemeral-storage": "1280Mi" },
  limits: { cpu: "3", memory: "2Gi", "ephemeral-storage": "1280Mi" },
};

const demands: readonly Demand[] = [
  { workload: "web", pods: 6, containers: [small, small] },
  {
    workload: "server",
    pods: 1,
    containers: [small],
    initContainers: [large, small],
    volumes: ["20Gi", "512Mi"],
  },
];

test("a quota is the sum of what workloads may ask for; a pod's containers run together, after its preparation", () => {
  expect(quotaOf(demands)).toEqual({
    pods: "7",
    "requests.cpu": "1600m",
    "requests.memory": "1792Mi",
    "requests.ephemeral-storage": "4352Mi",
    "limits.cpu": "6",
    "limits.memory": "3200Mi",
    "limits.ephemeral-storage": "4352Mi",
    persistentvolumeclaims: "2",
    "requests.storage": "20992Mi",
    "services.loadbalancers": "0",
    "services.nodeports": "0",
  });
});

test("a container may be as large as the largest, and is by default as small as the smallest", () => {
  expect(containerLimits(demands)).toEqual({
    type: "Container",
    max: { cpu: "3", memory: "2Gi", "ephemeral-storage": "1280Mi" },
    min: { cpu: "1m", memory: "1Mi", "ephemeral-storage": "1Mi" },
    default: { cpu: "250m", memory: "96Mi", "ephemeral-storage": "256Mi" },
    defaultRequest: { cpu: "50m", memory: "64Mi", "ephemeral-storage": "256Mi" },
  });
});

test("all pods of a workload may end while all of those after them are there", () => {
  expect([1, 8].map(podsWhileReplaced)).toEqual([2, 16]);
});

test.each([
  ["cpu", "1,5", '"1,5" is no CPU quantity; write it like 250m or 2'],
  ["memory", "1G", '"1G" is no quantity of bytes; write it like 512Mi or 2Gi'],
])("%s of %s is an error that says what to write", (resource, quantity, message) => {
  const odd = { ...small, requests: { ...small.requests, [resource]: quantity } };
  expect(() => quotaOf([{ workload: "web", pods: 1, containers: [odd] }])).toThrow(message);
});

describe("of a namespace", () => {
  async function capacity(given: readonly Demand[]) {
    const { recording } = await record({
      program: () => void new Capacity("capacity", { namespace: "place", demands: given }),
    });
    return recording;
  }
  const metadata = { name: "capacity", namespace: "place", labels: labels("capacity", "foundation") };

  test("the whole quota and the whole range", async () => {
    const recording = await capacity(demands);
    expect(recording.object("ResourceQuota", "capacity").inputs).toEqual({
      apiVersion: "v1",
      kind: "ResourceQuota",
      metadata,
      spec: { hard: quotaOf(demands) },
    });
    expect(recording.object("LimitRange", "capacity").inputs).toEqual({
      apiVersion: "v1",
      kind: "LimitRange",
      metadata,
      spec: { limits: [containerLimits(demands)] },
    });
  });

  test("without workloads nothing may run there", async () => {
    const recording = await capacity([]);
    expect(recording.objects()).toEqual(["ResourceQuota capacity"]);
    expect(at(recording.object("ResourceQuota", "capacity"), "spec.hard")).toMatchObject({
      pods: "0",
      "requests.cpu": "0",
      "limits.memory": "0Gi",
    });
  });
});
