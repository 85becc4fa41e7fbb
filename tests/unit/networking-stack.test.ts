import { describe, expect, test } from "vitest";
import { isOutside, type Outside } from "../../components/networking/endpoints.ts";
import { flowsOf, type Shape } from "../../components/networking/graph.ts";
import { objectName } from "./mocks.ts";
import { expectedMatrix, meant, narrow, surroundings } from "./networking-world.ts";
import { operatedWorkload } from "./operated.ts";
import { runProgram, type Stack, stacks } from "./program.ts";
import { matrix, type NetworkPolicy, type Party, podsOf, sideMatrix } from "./reachability.ts";

const places = { platform: "iot-verification", shipper: "iot-verification-logs" };
const fences = ({ pod }: Party) => pod !== undefined && Object.values(places).includes(pod.namespace);

const common = {
  objectStorage: "versitygw",
  metricsServer: false,
  alertReceivers: false,
  traces: "jaeger",
} as const;

/** What the stacks ask for. */
const shapes: Readonly<Record<Stack, Shape>> = {
  dev: { ...common, jaeger: "all-in-one", logs: "embedded" },
  prod: { ...common, jaeger: "distributed", logs: "operator" },
};

const ports: Readonly<Record<Outside, readonly string[]>> = {
  gatewayClients: [],
  dns: ["UDP/53", "TCP/53"],
  kubernetesApi: ["TCP/443", "TCP/6443"],
  kubelets: ["TCP/10250"],
  elasticOperator: [],
  elasticsearchOutside: ["TCP/443", "TCP/9200"],
  objectStorageOutside: ["TCP/443"],
  traceCollector: ["TCP/4318"],
  alertReceivers: ["TCP/443", "TCP/587"],
};

describe.each(stacks)("stack %s", async (stack) => {
  const { recording } = await runProgram({ stack, config: { network: narrow } });
  const objects = recording.asked.map((asked) => (operatedWorkload(asked) ?? asked).inputs);
  const pods = podsOf(objects);
  const policies = recording.ofKind("NetworkPolicy").map(({ inputs }) => inputs as unknown as NetworkPolicy);
  const there = new Set(pods.map(({ id }) => id));
  const flows = flowsOf(shapes[stack]);

  test("has the workloads of the graph, and no other", () => {
    const ends = flows.flatMap(({ from, to }) => [from, to]);
    const workloads = new Set(ends.filter((end) => !isOutside(end)));
    expect([...there].sort()).toEqual([...workloads].sort());
    expect(there.size).toBe(pods.length);
    const makers = objects.filter((object) =>
      ["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"].includes(String(object.kind)),
    );
    for (const maker of makers) expect(there).toContain(objectName(maker));
  });

  test("permits exactly the graph", () => {
    const parties = [...pods, ...surroundings(places)];
    const cluster = { policies, namespaces: {}, parties, ipBlockCoversPods: true };
    const expected = expectedMatrix({
      flows,
      parties,
      fences,
      meantBy: (outside) => meant[outside],
      ports: (outside) => ports[outside],
    });
    expect(expected.both.length).toBeGreaterThan(100);
    expect(matrix(cluster, (from, to) => fences(from) || fences(to))).toEqual(expected.both);
    expect(sideMatrix(cluster, "Ingress", fences)).toEqual(expected.Ingress);
    expect(sideMatrix(cluster, "Egress", fences)).toEqual(expected.Egress);
  });
});
