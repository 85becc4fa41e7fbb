import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { isOutside, placeOf, podPorts, type Workload } from "../../components/networking/endpoints.ts";
import { flowsOf, type Shape } from "../../components/networking/graph.ts";
import { Networking } from "../../components/networking/index.ts";
import { network } from "../../config/sections/network.ts";
import { peersOf } from "../../config/slices/networking.ts";
import { record } from "./mocks.ts";
import {
  type ExpectedMatrix,
  endsOf,
  expectedMatrix,
  meant,
  narrow,
  surroundings,
} from "./networking-world.ts";
import {
  type Cluster,
  type Interest,
  matrix,
  type NetworkPolicy,
  type Party,
  sideMatrix,
} from "./reachability.ts";
import { selector } from "./shapes.ts";

const places = { platform: "place", shipper: "place-logs" };
const fences = ({ pod }: Party) => pod !== undefined && Object.values(places).includes(pod.namespace);
const fenced: Interest = (from, to) => fences(from) || fences(to);

const shape: Shape = {
  objectStorage: "versitygw",
  metricsServer: true,
  alertReceivers: true,
  traces: "jaeger",
  jaeger: "all-in-one",
  logs: "embedded",
  metrics: "embedded",
};
const shapes: readonly Shape[] = [
  shape,
  { ...shape, objectStorage: "seaweedfs", metricsServer: false },
  { ...shape, objectStorage: "external", alertReceivers: false },
  {
    objectStorage: "external",
    metricsServer: false,
    alertReceivers: true,
    traces: "external",
    jaeger: "distributed",
    logs: "external",
    metrics: "operator",
  },
  { ...shape, jaeger: "distributed", logs: "operator", metrics: "operator" },
];

/** One pod of every workload that there can be. */
const pods: readonly Party[] = [...podPorts].map(([workload, ports], index) => ({
  id: workload,
  address: `10.0.0.${index + 1}`,
  pod: {
    namespace: places[placeOf(workload)],
    labels: { ...selector(workload), "pod-template-hash": "1" },
    ports: Object.entries(ports).map(([name, containerPort]) => ({
      name,
      containerPort,
      protocol: name.endsWith("-udp") ? "UDP" : "TCP",
    })),
  },
}));

/** The policies of a shape where those outside are where the section `network` says. */
async function policiesOf(some: Shape, section: object): Promise<NetworkPolicy[]> {
  const { recording } = await record({
    program() {
      new Networking("networking", {
        namespaces: {
          platform: { name: places.platform, created: pulumi.output(places.platform) },
          shipper: { name: places.shipper, created: pulumi.output(places.shipper) },
        },
        shape: some,
        peers: peersOf(network.parse(section)),
      });
    },
  });
  return recording.ofKind("NetworkPolicy").map(({ inputs }) => inputs as unknown as NetworkPolicy);
}

function cluster(policies: readonly NetworkPolicy[], changes: Partial<Cluster> = {}): Cluster {
  const parties = [...pods, ...surroundings(places)];
  return { policies, namespaces: {}, parties, ipBlockCoversPods: true, ...changes };
}

/** What the graph of a shape asks for, with the ports of the section `network`. */
function expected(some: Shape, section: object, isNarrow: boolean): ExpectedMatrix {
  const peers = peersOf(network.parse(section));
  return expectedMatrix({
    flows: flowsOf(some),
    parties: cluster([]).parties,
    fences,
    // Where these are is never left out.
    meantBy: (outside) =>
      isNarrow || outside === "dns" || outside === "elasticOperator" ? meant[outside] : undefined,
    ports: (outside) =>
      peers[outside].ports.flatMap((port) =>
        outside === "dns" ? [`UDP/${port}`, `TCP/${port}`] : [`TCP/${port}`],
      ),
  });
}

/** What the policies permit: of either side, and of both together. */
function permitted(place: Cluster): ExpectedMatrix {
  return {
    Ingress: sideMatrix(place, "Ingress", fences),
    Egress: sideMatrix(place, "Egress", fences),
    both: matrix(place, fenced),
  };
}

describe.each(shapes)("with %o", (some) => {
  test("the policies permit exactly the graph", async () => {
    const place = cluster(await policiesOf(some, narrow));
    expect(permitted(place).both.length).toBeGreaterThan(100);
    expect(permitted(place)).toEqual(expected(some, narrow, true));
  });

  test("so they do where nobody says where those outside are", async () => {
    const section = { dns: narrow.dns };
    const place = cluster(await policiesOf(some, section));
    expect(permitted(place)).toEqual(expected(some, section, false));
  });
});

/** Lines of a matrix between two pods of the platform that belong there. */
function within(lines: readonly string[]): string[] {
  const own = new Set(pods.map(({ id }) => id));
  return lines.filter((line) => own.has(endsOf(line).from) && own.has(endsOf(line).to));
}

test("where everybody's place is known, a connection between two pods of the platform is a flow", async () => {
  const flows = flowsOf(shape).filter(({ from, to }) => !isOutside(from) && !isOutside(to));
  const lines = flows.map(
    ({ from, to, port }) => `${from} > ${to} TCP/${podPorts.get(to as Workload)?.[port]}`,
  );
  const place = cluster(await policiesOf(shape, narrow));
  expect(within(matrix(place, fenced))).toEqual([...new Set(lines)].sort());
});

test("where kubelets may be anywhere, so may metrics-server, on the port that it shares with them", async () => {
  const known = await policiesOf(shape, narrow);
  const unknown = await policiesOf(shape, {});
  const flows = new Set(matrix(cluster(known), fenced));
  expect(within(matrix(cluster(unknown), fenced)).filter((line) => !flows.has(line))).toEqual([
    "metrics-server > metrics-server TCP/10250",
    "prometheus > metrics-server TCP/10250",
  ]);
});

test("nothing hangs on whether a range of addresses covers pods", async () => {
  const policies = await policiesOf(shape, narrow);
  const either = [true, false].map((ipBlockCoversPods) =>
    permitted(cluster(policies, { ipBlockCoversPods })),
  );
  expect(either[0]).toEqual(either[1]);
});

describe("the proof would fail", async () => {
  const policies = await policiesOf(shape, narrow);

  test("without any one policy", () => {
    for (const dropped of policies) {
      const { name, namespace } = dropped.metadata;
      const selected = name === "default-deny" ? `${namespace}/unlabelled` : name;
      const concerned: Interest = (from, to) => from.id === selected || to.id === selected;
      const mutant = policies.filter((policy) => policy !== dropped);
      expect(matrix(cluster(mutant), concerned), name).not.toEqual(matrix(cluster(policies), concerned));
    }
  });

  test.each([
    ["all pods", /"podSelector":{"matchLabels":{[^}]*}}/g, '"podSelector":{}'],
    ["all namespaces", /"namespaceSelector":{"matchLabels":{[^}]*}}/g, '"namespaceSelector":{}'],
    ["all addresses", /"cidr":"[^"]*"/g, '"cidr":"0.0.0.0/0"'],
    ["all ports", /"port":\d+/g, '"port":1,"endPort":65535'],
  ])("with %s in any one rule", (_title, narrowly, widely) => {
    let mutants = 0;
    for (const policy of policies) {
      for (const direction of ["ingress", "egress"] as const) {
        for (const [index, rule] of (policy.spec[direction] ?? []).entries()) {
          const text = JSON.stringify(rule);
          const widened = text.replace(narrowly, widely);
          if (widened === text) continue;
          mutants++;
          const rules = policy.spec[direction]?.with(index, JSON.parse(widened));
          const mutant = { ...policy, spec: { ...policy.spec, [direction]: rules } };
          expect(sideOf(mutant, direction), `${policy.metadata.name} ${text}`).not.toEqual(
            sideOf(policy, direction),
          );
        }
      }
    }
    expect(mutants).toBeGreaterThan(3);
  });

  /** What one policy lets its own workload accept, or open. */
  function sideOf(policy: NetworkPolicy, direction: "ingress" | "egress"): string[] {
    const side = direction === "ingress" ? "Ingress" : "Egress";
    return sideMatrix(cluster([policy]), side, ({ id }) => id === policy.metadata.name);
  }
});
