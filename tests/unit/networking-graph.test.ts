import { describe, expect, test } from "vitest";
import { ports } from "../../components/contract/runtime.ts";
import { podPorts } from "../../components/networking/endpoints.ts";
import { type Flow, flowsOf, type Shape } from "../../components/networking/graph.ts";
import { probedSystems } from "../../components/observability/metrics/probed.ts";
import { scrapedWorkloads } from "../../components/observability/metrics/scraped.ts";

const shape: Shape = {
  objectStorage: "versitygw",
  metricsServer: true,
  alertReceivers: true,
  traces: "jaeger",
  jaeger: "all-in-one",
  logs: "embedded",
  metrics: "embedded",
};

const lines = (some: readonly Flow[]) => some.map(({ from, to, port }) => `${from} > ${to} ${port}`);

const searching = [
  "elasticsearch-exporter",
  "elasticsearch-setup",
  "grafana",
  "jaeger",
  "kibana",
  "logstash",
];
const traced = [
  "api-gateway",
  "database-migrations",
  ...["matter", "onem2m", "opcua", "tsn", "wot"].map((standard) => `${standard}-verification`),
];

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
    [
      "an operator of Elasticsearch",
      { logs: "operator" },
      [],
      [
        "elasticOperator > elasticsearch https",
        "elasticsearch > dns dns",
        "elasticsearch > elasticsearch https",
        "elasticsearch > elasticsearch transport",
        "elasticsearch > object-storage s3",
      ],
    ],
    [
      "an operator of Prometheus",
      { metrics: "operator" },
      [],
      ["alertmanager > alertmanager mesh-tcp", "alertmanager > alertmanager mesh-udp"],
    ],
    [
      "Elasticsearch elsewhere",
      { logs: "external" },
      ["blackbox-exporter", ...searching].map((from) => `${from} > elasticsearch https`),
      searching.map((from) => `${from} > elasticsearchOutside https`),
    ],
    [
      "Jaeger in two parts",
      { jaeger: "distributed" },
      [
        ...traced.map((from) => `${from} > jaeger otlp-http`),
        "grafana > jaeger query",
        "jaeger > dns dns",
        "jaeger > elasticsearch https",
        "prometheus > jaeger metrics",
      ].sort(),
      [
        ...traced.map((from) => `${from} > jaeger-collector otlp-http`),
        "grafana > jaeger-query query",
        ...["jaeger-collector", "jaeger-indices", "jaeger-query"].flatMap((part) => [
          `${part} > dns dns`,
          `${part} > elasticsearch https`,
        ]),
        "prometheus > jaeger-collector metrics",
        "prometheus > jaeger-query metrics",
      ].sort(),
    ],
  ] as const)("with %s differs by just that", (_title, change, gone, come) => {
    const [before, after] = [lines(flows), lines(flowsOf({ ...shape, ...change }))];
    expect(before.filter((line) => !after.includes(line)).sort()).toEqual(gone);
    expect(after.filter((line) => !before.includes(line)).sort()).toEqual(come);
  });
});
