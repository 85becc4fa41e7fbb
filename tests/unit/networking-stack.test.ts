import { AuthorizationPolicy } from "@kubernetes-models/istio/security.istio.io/v1/AuthorizationPolicy";
import { PeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import { describe, expect, test } from "vitest";
import { isOutside, type Outside, verifiers } from "../../components/networking/endpoints.ts";
import { flowsOf, type Shape } from "../../components/networking/graph.ts";
import { type Authorization, type Mesh, meshMatrix, type Peers } from "./mesh-reachability.ts";
import { type Asked, objectName } from "./mocks.ts";
import { expectValid } from "./models.ts";
import { expectedMatrix, meant, narrow, surroundings } from "./networking-world.ts";
import { operatedWorkload } from "./operated.ts";
import { runProgram, type Stack, stacks } from "./program.ts";
import { matrix, type NetworkPolicy, type Party, podsOf, sideMatrix } from "./reachability.ts";
import { selector } from "./shapes.ts";

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
  dev: { ...common, jaeger: "all-in-one", logs: "embedded", metrics: "embedded" },
  prod: { ...common, jaeger: "distributed", logs: "operator", metrics: "operator" },
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
  const rendered = <T>(kind: string) => recording.ofKind(kind).map(({ inputs }) => inputs as unknown as T);
  const mesh: Mesh = {
    trustDomain: "cluster.local",
    namespaces: recording
      .ofKind("Namespace")
      .map(({ inputs }) => inputs.metadata as { name: string; labels: Record<string, string> })
      .filter(({ labels }) => labels["istio.io/dataplane-mode"] === "ambient")
      .map(({ name }) => name),
    peers: rendered<Peers>("PeerAuthentication"),
    authorizations: rendered<Authorization>("AuthorizationPolicy"),
  };

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
    const interest = (from: Party, to: Party) => fences(from) || fences(to);
    if (stack !== "dev") {
      expect(meshMatrix(cluster, mesh, interest)).toEqual(expected.both);
      return;
    }
    expect(matrix(cluster, interest)).toEqual(expected.both);
    expect(sideMatrix(cluster, "Ingress", fences)).toEqual(expected.Ingress);
    expect(sideMatrix(cluster, "Egress", fences)).toEqual(expected.Egress);
  });
});

describe("in the mesh", async () => {
  const { recording } = await runProgram({ stack: "prod", config: { network: narrow } });
  const policies = recording.ofKind("NetworkPolicy").map(({ inputs }) => inputs as unknown as NetworkPolicy);
  const named = ({ name, inputs }: Asked) => [name, inputs.spec] as const;

  test("a network policy opens the tunnel alone between pods, and lets in the kubelets' probes", () => {
    const spec = policies.find(({ metadata }) => metadata.name === "redis")?.spec;
    const pods = (name: string) => ({ podSelector: { matchLabels: selector(name) } });
    const clients = ["api-gateway", ...verifiers, "redis-exporter"].map(pods);
    expect(spec?.ingress).toEqual([
      { from: expect.arrayContaining(clients), ports: [{ protocol: "TCP", port: 15008 }] },
      { from: [{ ipBlock: { cidr: "169.254.7.127/32" } }] },
    ]);
    expect(spec?.ingress?.[0]?.from).toHaveLength(clients.length);
    expect(spec?.egress).toEqual([]);
  });

  test("the tunnel leads out to those alone who may be pods, and never to DNS", () => {
    const out = policies.flatMap(({ spec }) =>
      (spec.egress ?? [])
        .filter(({ ports = [] }) => ports.some(({ port }) => port === 15008))
        .flatMap(({ to = [] }) => to)
        .flatMap(
          ({ namespaceSelector, ipBlock }) =>
            namespaceSelector?.matchLabels?.["kubernetes.io/metadata.name"] ?? ipBlock?.cidr ?? [],
        ),
    );
    // Where a party is pods or hosts, either by the configuration, both are one peer.
    expect([...new Set(out)].sort()).toEqual(["192.0.2.2/32", "iot-verification", "konnectivity"]);
  });

  test("pods are strict, but for the ports of those outside", () => {
    const peers = recording.ofKind("PeerAuthentication");
    for (const { inputs } of peers) expectValid(PeerAuthentication, inputs);
    const exception = (name: string, port: string) => ({
      selector: { matchLabels: selector(name) },
      mtls: { mode: "STRICT" },
      portLevelMtls: { [port]: { mode: "PERMISSIVE" } },
    });
    expect(Object.fromEntries(peers.map(named))).toEqual({
      "networking-platform-peers": { mtls: { mode: "STRICT" } },
      "networking-shipper-peers": { mtls: { mode: "STRICT" } },
      "networking-api-gateway-peers": exception("api-gateway", "8080"),
      "networking-elasticsearch-peers": exception("elasticsearch", "9200"),
    });
  });

  test("nobody may connect unless a policy says so, by account and port", () => {
    const all = recording.ofKind("AuthorizationPolicy");
    for (const { inputs } of all) expectValid(AuthorizationPolicy, inputs);
    const specs = Object.fromEntries(all.map(named));
    expect([specs["networking-platform-authorization"], specs["networking-shipper-authorization"]]).toEqual([
      {},
      {},
    ]);
    const account = (name: string) => `cluster.local/ns/iot-verification/sa/${name}`;
    expect(specs["networking-alertmanager-authorization"]).toEqual({
      selector: { matchLabels: selector("alertmanager") },
      action: "ALLOW",
      rules: [
        {
          from: [{ source: { principals: [account("grafana"), account("prometheus")] } }],
          to: [{ operation: { ports: ["9093"] } }],
        },
        {
          from: [{ source: { principals: [account("alertmanager")] } }],
          to: [{ operation: { ports: ["9094"] } }],
        },
      ],
    });
    const rules = (specs["networking-logstash-authorization"] as Authorization["spec"]).rules;
    expect(rules).toContainEqual({
      from: [
        {
          source: {
            principals: ["cluster.local/ns/iot-verification-logs/sa/filebeat", account("blackbox-exporter")],
          },
        },
      ],
      to: [{ operation: { ports: ["5044"] } }],
    });
  });

  test("who is outside the mesh is nobody of the platform", () => {
    const { rules } = recording.find("AuthorizationPolicy", "networking-api-gateway-authorization").inputs
      .spec as Authorization["spec"];
    expect(rules?.find(({ to }) => to?.[0]?.operation.ports[0] === "8080")?.from).toEqual([
      { source: { principals: ["cluster.local/ns/iot-verification/sa/blackbox-exporter"] } },
      { source: { notNamespaces: ["iot-verification", "iot-verification-logs"] } },
    ]);
  });

  test("the domain of identities is the configuration's", async () => {
    const other = await runProgram({ stack: "prod", config: { mesh: { trustDomain: "mesh.example" } } });
    const text = JSON.stringify(
      other.recording.ofKind("AuthorizationPolicy").map(({ inputs }) => inputs.spec),
    );
    expect(text).toContain('"mesh.example/ns/iot-verification/sa/grafana"');
    expect(text).not.toContain("cluster.local");
  });
});
