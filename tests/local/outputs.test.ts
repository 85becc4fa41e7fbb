import { describe, expect, it, test } from "vitest";
import {
  describeOperators,
  describeOutputs,
  describeUnready,
  type Outputs,
} from "../../local/commands/outputs.ts";
import { workloadsOf } from "../../local/commands/real-workloads.ts";

const inside = (name: string, port: number) => `${name}.space.svc.cluster.local:${port}`;
const outputs: Outputs = {
  namespace: "space",
  gatewayUrl: "http://api-gateway.space.svc.cluster.local",
  verificationUrls: { tsn: `http://${inside("tsn-verification", 8080)}` },
  databaseEndpoint: inside("postgresql", 5432),
  cacheEndpoint: inside("redis", 6379),
  objectStorage: { endpoint: `http://${inside("object-storage", 9000)}`, bucket: "backups" },
  prometheusUrl: `http://${inside("prometheus", 9090)}`,
  alertmanagerUrl: `http://${inside("alertmanager", 9093)}`,
  grafanaUrl: `http://${inside("grafana", 3000)}`,
  jaegerUrl: `http://${inside("jaeger", 16686)}`,
  elasticsearchUrl: `https://${inside("elasticsearch", 9200)}`,
  kibanaUrl: `https://${inside("kibana", 5601)}`,
  credentialSecrets: { gateway: "api-credentials" },
};
const kubectl = { path: "/opt/bin/kubectl", origin: "path" } as const;
const local = (form: "node" | "simulated") => ({
  target: { kind: "local" as const },
  cluster: { kubeconfig: "/state/kubeconfig", context: "here", form },
});
const own = {
  target: { kind: "context" as const, context: "mine", kubeconfig: "/one:/two" },
  cluster: { kubeconfig: "/one:/two", context: "mine" },
};
/** The Services that commands lead to. */
const forwarded = (text: string) =>
  [...text.matchAll(/ port-forward service\/(\S+) (\d+:\d+)$/gm)].map(
    ([, name, ports]) => `${name} ${ports}`,
  );

describe("what is said of a deployed stack", () => {
  it("leads to every Service of a cluster that one has, each on a port of its own", () => {
    const text = describeOutputs(outputs, { stack: "dev", session: own, kubectl });
    expect(forwarded(text)).toEqual([
      "api-gateway 18080:80",
      "tsn-verification 18081:8080",
      "postgresql 18082:5432",
      "redis 18083:6379",
      "object-storage 18084:9000",
      "prometheus 18085:9090",
      "alertmanager 18086:9093",
      "grafana 18087:3000",
      "jaeger 18088:16686",
      "elasticsearch 18089:9200",
      "kibana 18090:5601",
    ]);
    expect(text).toContain("\n  export KUBECONFIG=/one:/two\n  kubectl --context mine -n space get all\n");
  });

  it("leads to no store outside the cluster", () => {
    const objectStorage = { endpoint: "https://s3.example.com", bucket: "backups" };
    const text = describeOutputs({ ...outputs, objectStorage }, { stack: "dev", session: own, kubectl });
    expect(forwarded(text)).toHaveLength(10);
    expect(text).not.toMatch(/port-forward service\/(s3|object-storage)/);
  });

  it("leads to what runs in containers beside played pods, and names it", () => {
    const real = ["blackbox-exporter", "prometheus", "redis"];
    const text = describeOutputs(outputs, { stack: "dev", session: local("node"), kubectl, real });
    expect(forwarded(text)).toEqual(["redis 18080:6379", "prometheus 18081:9090"]);
    expect(text).toContain("machine`: blackbox-exporter, prometheus, redis.\n");
    expect(text).toContain("npm run verify\n");
  });

  it("leads nowhere where all pods are played", () => {
    const text = describeOutputs(outputs, { stack: "prod", session: local("simulated"), kubectl });
    expect(forwarded(text)).toEqual([]);
    expect(text).not.toContain("npm run verify");
    expect(text).toContain("npm run down -- --stack prod\n");
  });

  it("says where kubectl is when it is not on PATH, so that a shell understands it", () => {
    const cached = { path: "/cache of me/kubectl", origin: "built" } as const;
    const text = describeOutputs(outputs, { stack: "dev", session: local("node"), kubectl: cached });
    expect(text).toContain("\n  export KUBECONFIG=/state/kubeconfig PATH='/cache of me':$PATH\n");
  });
});

test("workloads of pods are named once and in order, and other pods not at all", () => {
  const pod = (name: string) => ({ metadata: { labels: { "app.kubernetes.io/name": name } } });
  const pods = [
    pod("redis"),
    pod("api-gateway"),
    pod("redis"),
    { metadata: { labels: { app: "x" } } },
    { metadata: {} },
  ];
  expect(workloadsOf(pods)).toEqual(["api-gateway", "redis"]);
});

test("what was awaited of an operator in vain is said, and where to look", () => {
  const awaited = ["condition=ElasticsearchIsReachable", "condition=ReconciliationComplete"];
  expect(describeUnready([{ kind: "Elasticsearch", name: "iot-verification/elasticsearch", awaited }])).toBe(
    "Elasticsearch iot-verification/elasticsearch did not become what is awaited of it: " +
      "condition=ElasticsearchIsReachable, condition=ReconciliationComplete.\n" +
      "Its operator says why: kubectl --namespace iot-verification describe elasticsearch elasticsearch\n",
  );
  expect(describeUnready([{ kind: "ClusterIssuer", name: "own", awaited: ["condition=Ready"] }])).toContain(
    "kubectl describe clusterissuer own\n",
  );
  expect(describeUnready([])).toBe("");
});

test("stack cluster lists the operators that there are now", () => {
  expect(describeOperators({ operators: { istio: "1.30.4", "cert-manager": "1.21.1" } })).toBe(
    "Operators of the cluster:\n  istio         1.30.4\n  cert-manager  1.21.1\n",
  );
});
