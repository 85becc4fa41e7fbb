import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { podPorts } from "../../components/networking/endpoints.ts";
import type { Shape } from "../../components/networking/graph.ts";
import { Networking } from "../../components/networking/index.ts";
import { denyAll, workloadPolicies } from "../../components/networking/policies.ts";
import { network } from "../../config/sections/network.ts";
import { peersOf } from "../../config/slices/networking.ts";
import { record } from "./mocks.ts";
import { labels, selector } from "./shapes.ts";

const shape: Shape = {
  objectStorage: "versitygw",
  metricsServer: true,
  alertReceivers: true,
  traces: "jaeger",
  jaeger: "all-in-one",
  logs: "embedded",
  metrics: "embedded",
};

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
    // Two that deny, and without the three workloads of a distributed Jaeger.
    expect(names.length).toBe(podPorts.size + 2 - 3);
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
