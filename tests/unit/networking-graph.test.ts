import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { ports } from "../../components/contract/runtime.ts";
import { podPorts } from "../../components/networking/endpoints.ts";
import { type Flow, flowsOf, type Shape } from "../../components/networking/graph.ts";
import { Networking } from "../../components/networking/index.ts";
import { denyAll, workloadPolicies } from "../../components/networking/policies.ts";
import { probedSystems } from "../../components/observability/metrics/probed.ts";
import { scrapedWorkloads } from "../../components/observability/metrics/scraped.ts";
import { network } from "../../config/sections/network.ts";
import { peersOf } from "../../config/slices/network.ts";
import { record } from "./mocks.ts";
import { labels, selector } from "./shapes.ts";

const shape: Shape = {
  objectStorage: "versitygw",
  metricsServer: true,
  alertReceivers: true,
  traces: "jaeger",
};

const lines = (some: readonly Flow[]) => some.map(({ from, to, port }) => `${from} > ${to} ${port}`);

describe("the graph", () => {
  const flows = flowsOf(shape);

  test("says of each flow once what it is for", () => {
    const reasons = flows.map(({ from, to, port, why }) => `${from} ${why} ${to} ${port}`);
    expect(reasons).toEqual([...new Set(reasons)]);
  });

  test("lets Prometheus scrape exactly the ports that have metrics by their name", () => {
    const scraped = flows.filter(({ why, to }) => why === "scrapes" && to !== "kubelets");
    expect(scraped.map(({ to, port }) => `${to} ${port}`).sort()).toEqual([
      "alertmanager http-metrics",
      "api-gateway metrics",
      "blackbox-exporter http-metrics",
      "elasticsearch-exporter metrics",
      "grafana http-metrics",
      "jaeger metrics",
      "kube-state-metrics metrics",
      "kube-state-metrics self-metrics",
      "matter-verification metrics",
      "object-storage metrics",
      "onem2m-verification metrics",
      "opcua-verification metrics",
      "postgresql-exporter metrics",
      "prometheus http-metrics",
      "redis-exporter metrics",
      "tsn-verification metrics",
      "wot-verification metrics",
    ]);
    expect(new Set(scraped.map(({ from }) => from))).toEqual(new Set(["prometheus"]));
    expect(podPorts.get("tsn-verification")?.metrics).toBe(ports.metrics);
  });

  test.each([true, false])(
    "lets be scraped and probed what Prometheus is told to: own storage %s",
    (ownObjectStorage) => {
      const some = flowsOf({ ...shape, objectStorage: ownObjectStorage ? "versitygw" : "external" });
      const ends = (from: string, why: string) =>
        new Set(
          some
            .filter((flow) => flow.from === from && flow.why === why && flow.to !== "kubelets")
            .map(({ to }) => to),
        );
      expect(ends("prometheus", "scrapes")).toEqual(new Set(scrapedWorkloads({ ownObjectStorage })));
      const probed = probedSystems({ ownObjectStorage }).map(({ workload }) => workload);
      expect(ends("blackbox-exporter", "probes")).toEqual(new Set(probed));
    },
  );

  test("lets ask DNS whoever opens a connection to a name, and nobody else", () => {
    const asking = new Set(flows.filter(({ to }) => to === "dns").map(({ from }) => from));
    const others = new Set(flows.map(({ from }) => from).filter((from) => !asking.has(from)));
    expect([...others].sort()).toEqual([
      "gatewayClients",
      "kube-state-metrics",
      "kubernetesApi",
      "metrics-server",
    ]);
    expect(asking).toContain("alertmanager");
    expect(asking).toContain("filebeat");
  });

  test.each<[string, Partial<Shape>, string[], string[]]>([
    [
      "object storage elsewhere",
      { objectStorage: "external" },
      [
        "blackbox-exporter > object-storage s3",
        "database-backup > object-storage s3",
        "database-restore > object-storage s3",
        "object-storage-buckets > object-storage s3",
        "prometheus > object-storage metrics",
      ],
      [
        "database-backup > objectStorageOutside s3",
        "database-restore > objectStorageOutside s3",
        "object-storage-buckets > objectStorageOutside s3",
      ],
    ],
    ["another engine", { objectStorage: "seaweedfs" }, [], []],
    [
      "no metrics-server",
      { metricsServer: false },
      [
        "kubernetesApi > metrics-server https",
        "metrics-server > kubelets https",
        "metrics-server > kubernetesApi https",
      ],
      [],
    ],
    [
      "nobody to alert",
      { alertReceivers: false },
      ["alertmanager > alertReceivers receiver", "alertmanager > dns dns"],
      [],
    ],
    [
      "traces elsewhere",
      { traces: "external" },
      [],
      [
        "api-gateway > traceCollector otlp-http",
        "database-migrations > traceCollector otlp-http",
        "matter-verification > traceCollector otlp-http",
        "onem2m-verification > traceCollector otlp-http",
        "opcua-verification > traceCollector otlp-http",
        "tsn-verification > traceCollector otlp-http",
        "wot-verification > traceCollector otlp-http",
      ],
    ],
  ])("with %s differs by just that", (_title, change, gone, come) => {
    const [before, after] = [lines(flows), lines(flowsOf({ ...shape, ...change }))];
    expect(before.filter((line) => !after.includes(line)).sort()).toEqual(gone);
    expect(after.filter((line) => !before.includes(line)).sort()).toEqual(come);
  });
});

describe("the policies", () => {
  const namespaces = { platform: "place", shipper: "place-logs" };
  const pods = (workload: string) => ({ podSelector: { matchLabels: selector(workload) } });
  const named = (name: string) => ({
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
  });
  const tcp = (port: number) => ({ protocol: "TCP", port });
  const dns = {
    to: [{ ...named("kube-system"), podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }],
    ports: [{ protocol: "UDP", port: 53 }, tcp(53)],
  };

  async function objects(section: object, some = shape) {
    const { recording } = await record({
      program() {
        new Networking("networking", {
          namespaces: {
            platform: { name: "place", created: pulumi.output("place") },
            shipper: { name: "place-logs", created: pulumi.output("place-logs") },
          },
          shape: some,
          peers: peersOf(network.parse(section)),
        });
      },
    });
    return recording;
  }

  test("refuse everything in both namespaces", async () => {
    const denying = (await objects({}))
      .ofKind("NetworkPolicy")
      .filter(({ name }) => name.endsWith("default-deny"));
    expect(denying.map(({ name, inputs }) => [name, inputs])).toEqual(
      ["platform", "shipper"].map((place, index) => [
        `networking-${place}-default-deny`,
        {
          apiVersion: "networking.k8s.io/v1",
          kind: "NetworkPolicy",
          metadata: {
            name: "default-deny",
            namespace: ["place", "place-logs"][index],
            labels: labels("default-deny", "networking"),
          },
          spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
        },
      ]),
    );
  });

  test("allow a workload its flows", async () => {
    const { inputs } = (await objects({})).object("NetworkPolicy", "redis");
    expect(inputs).toEqual({
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "redis", namespace: "place", labels: labels("redis", "networking") },
      spec: {
        ...pods("redis"),
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          {
            from: [
              "api-gateway",
              "tsn-verification",
              "opcua-verification",
              "onem2m-verification",
              "wot-verification",
            ]
              .concat("matter-verification", "redis-exporter")
              .map(pods),
            ports: [tcp(6379)],
          },
        ],
        egress: [],
      },
    });
  });

  test("name pods of the other namespace together with it", async () => {
    const recording = await objects({ dns: { cidrs: ["169.254.20.10/32"] } });
    expect(recording.object("NetworkPolicy", "filebeat").inputs).toMatchObject({
      metadata: { namespace: "place-logs" },
      spec: {
        ingress: [],
        egress: [
          { to: [{ ...named("place"), ...pods("logstash") }], ports: [tcp(5044)] },
          { to: [...dns.to, { ipBlock: { cidr: "169.254.20.10/32" } }], ports: dns.ports },
        ],
      },
    });
    expect(recording.object("NetworkPolicy", "logstash").inputs).toMatchObject({
      spec: {
        ingress: [{ from: [{ ...named("place-logs"), ...pods("filebeat") }, pods("blackbox-exporter")] }],
      },
    });
  });

  test("keep those who may be anywhere apart from those whose place is known", async () => {
    const rules = async (section: object) => {
      const { spec } = (await objects(section)).object("NetworkPolicy", "api-gateway").inputs as {
        spec: { ingress: unknown[] };
      };
      return spec.ingress;
    };
    const known = [
      { from: [pods("blackbox-exporter")], ports: [tcp(8080)] },
      { from: [pods("prometheus")], ports: [tcp(9464)] },
    ];
    expect(await rules({})).toEqual([{ ports: [tcp(8080)] }, ...known]);
    const clients = { namespaces: ["ingress"], cidrs: ["192.0.2.0/24", "2001:db8::/32"] };
    expect(await rules({ gatewayClients: clients })).toEqual([
      {
        from: [
          named("ingress"),
          { ipBlock: { cidr: "192.0.2.0/24" } },
          { ipBlock: { cidr: "2001:db8::/32" } },
          pods("blackbox-exporter"),
        ],
        ports: [tcp(8080)],
      },
      known[1],
    ]);
  });

  test("take places and ports of those outside from the configuration", async () => {
    const section = {
      kubernetesApi: { cidrs: ["192.0.2.2/32"], ports: [16443] },
      dns: { namespace: "openshift-dns", podSelector: "app=dns,tier=node", ports: [5353] },
    };
    const recording = await objects({ ...section, alertReceivers: { namespaces: ["chat"], ports: [8065] } });
    expect(recording.object("NetworkPolicy", "kube-state-metrics").inputs).toMatchObject({
      spec: { egress: [{ to: [{ ipBlock: { cidr: "192.0.2.2/32" } }], ports: [tcp(16443)] }] },
    });
    expect(recording.object("NetworkPolicy", "alertmanager").inputs).toMatchObject({
      spec: {
        egress: [
          { to: [named("chat")], ports: [tcp(8065)] },
          {
            to: [{ ...named("openshift-dns"), podSelector: { matchLabels: { app: "dns", tier: "node" } } }],
            ports: [{ protocol: "UDP", port: 5353 }, tcp(5353)],
          },
        ],
      },
    });
  });

  test("are made for workloads that have a flow, once each", async () => {
    const names = (await objects({})).objects().filter((name) => name.startsWith("NetworkPolicy "));
    expect(names.length).toBe(podPorts.size + 2);
    const without = (
      await objects({}, { ...shape, objectStorage: "external", metricsServer: false })
    ).objects();
    expect(without).not.toContain("NetworkPolicy object-storage");
    expect(without).not.toContain("NetworkPolicy metrics-server");
    expect(without).toContain("NetworkPolicy object-storage-buckets");
  });

  test.each([
    [{ from: "grafana", to: "redis", port: "sql" }, "a flow ends at the port sql of redis, which has none"],
    [
      { from: "grafana", to: "gatewayClients", port: "http" },
      "a flow ends at gatewayClients, which accepts connections on no port",
    ],
  ] as const)("refuse a flow that ends nowhere: %o", (flow, message) => {
    const flows = [{ ...flow, why: "tests" }];
    expect(() => workloadPolicies({ flows, peers: peersOf(network.parse({})), namespaces })).toThrow(message);
    expect(denyAll).not.toHaveProperty("ingress");
  });
});
