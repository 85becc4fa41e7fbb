import { expect, test } from "vitest";
import { autoscalingArgs } from "../../config/slices/autoscaling.ts";
import { metricsArgs } from "../../config/slices/metrics.ts";
import { peersOf } from "../../config/slices/networking.ts";
import { accepted, describeRefusals, problemsOf, type Refusal, type Values } from "./config-cases.ts";
import { platform } from "./platform.ts";

const range =
  "must be a range of IPv4 or IPv6 addresses, with its length: /32 or /128 for a single one; for example 192.0.2.0/24";
const port = "must be a whole number from 1 to 65535 (TCP port); for example";
const labels =
  "must be labels of pods, as name=value, separated by commas, each name once; for example k8s-app=kube-dns";

const refusals: readonly Refusal[] = [
  [
    "an address without a length",
    { network: { kubernetesApi: { cidrs: ["192.0.2.1"] } } },
    "network.kubernetesApi.cidrs[0]",
    '"192.0.2.1"',
    range,
  ],
  [
    "a length that no address has",
    { network: { kubelets: { cidrs: ["192.0.2.0/24", "192.0.2.0/33"] } } },
    "network.kubelets.cidrs[1]",
    '"192.0.2.0/33"',
    range,
  ],
  [
    "a name instead of a range",
    { network: { alertReceivers: { cidrs: ["mail.example.com"] } } },
    "network.alertReceivers.cidrs[0]",
    '"mail.example.com"',
    range,
  ],
  [
    "a range that is no list",
    { network: { gatewayClients: { cidrs: "192.0.2.0/24" } } },
    "network.gatewayClients.cidrs",
    '"192.0.2.0/24"',
    "must be a list of at most 64 ranges of addresses; for example [192.0.2.10/32]",
  ],
  [
    "a namespace that cannot be one",
    { network: { gatewayClients: { namespaces: ["Ingress"] } } },
    "network.gatewayClients.namespaces[0]",
    '"Ingress"',
    "must be a DNS label: lower-case letters, digits and '-', at most 63 characters, a letter first; for example ingress-nginx",
  ],
  [
    "no port",
    { network: { kubernetesApi: { ports: [] } } },
    "network.kubernetesApi.ports",
    "[]",
    "must be a list of 1 to 16 ports; for example [443, 6443]",
  ],
  [
    "a port that is too high",
    { network: { dns: { ports: [65_536] } } },
    "network.dns.ports[0]",
    "65536",
    `${port} 53`,
  ],
  [
    "a port by name",
    { network: { objectStorage: { ports: ["https"] } } },
    "network.objectStorage.ports[0]",
    '"https"',
    `${port} 443`,
  ],
  [
    "a selector without a value",
    { network: { dns: { podSelector: "k8s-app" } } },
    "network.dns.podSelector",
    '"k8s-app"',
    labels,
  ],
  [
    "a selector of another kind",
    { network: { dns: { podSelector: "app!=dns" } } },
    "network.dns.podSelector",
    '"app!=dns"',
    labels,
  ],
  [
    "a selector with two values for one name",
    { network: { dns: { podSelector: "app=dns,app=node" } } },
    "network.dns.podSelector",
    '"app=dns,app=node"',
    labels,
  ],
  [
    "ports of clients, which the gateway's own are",
    { network: { gatewayClients: { ports: [80] } } },
    "network.gatewayClients.ports",
    undefined,
    "is not a known key; did you mean network.dns.ports?",
  ],
];

describeRefusals("a network", refusals);

test("metrics-server is not installed before somebody has said whether kubelets can be trusted", () => {
  const install = { autoscaling: { metrics: "install" } };
  expect(problemsOf(install)).toEqual([
    {
      key: "network.kubelets.certificates",
      advice:
        "is missing; it must be verified, where the cluster's authority signs the certificates of kubelets, or unverified, " +
        "as autoscaling.metrics is install; for example verified",
    },
  ]);
  const said = accepted({ ...install, network: { kubelets: { certificates: "unverified" } } });
  expect(autoscalingArgs(said, { platform: platform() }).metricsServer.kubeletCertificates).toBe(
    "unverified",
  );
  const verified = accepted({ network: { kubelets: { certificates: "verified" } } });
  expect(metricsArgs(verified, { platform: platform() }).kubeletCertificates).toBe("verified");
  expect(metricsArgs(accepted({}), { platform: platform() }).kubeletCertificates).toBe("unverified");
});

test("left out, only ports are known", () => {
  const anywhere = { cidrs: [], namespaces: [] };
  expect(peersOf(accepted({}).network)).toEqual({
    gatewayClients: { ...anywhere, ports: [] },
    dns: { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, cidrs: [], ports: [53] },
    kubernetesApi: { ...anywhere, ports: [443, 6443] },
    kubelets: { ...anywhere, ports: [10250] },
    elasticOperator: { ...anywhere, namespaces: ["elastic-system"], ports: [] },
    elasticsearchOutside: { ...anywhere, ports: [9200, 443] },
    objectStorageOutside: { ...anywhere, ports: [443] },
    traceCollector: { ...anywhere, ports: [4318] },
    alertReceivers: { ...anywhere, ports: [443, 587] },
  });
});

test("both families of addresses, a prefixed label and one without a value are taken", () => {
  const given = {
    kubelets: { cidrs: ["192.0.2.0/24", "2001:db8::/32", "::/0", "0.0.0.0/0"] },
    dns: { podSelector: "dns.operator.openshift.io/daemonset-dns=default,node=" },
  };
  const { kubelets, dns } = peersOf(accepted({ network: given }).network);
  expect(kubelets.cidrs).toEqual(given.kubelets.cidrs);
  expect(dns.labels).toEqual({ "dns.operator.openshift.io/daemonset-dns": "default", node: "" });
});

/** A key pair of object storage elsewhere, and a configuration that uses it. */
const elsewhere = (endpoint: string): Values => ({
  objectStorage: { engine: "external", external: { endpoint } },
  objectStorageAccessKeyId: "access-key",
  objectStorageSecretAccessKey: "secret-access-key",
});
const secrets = [
  "objectStorageAccessKeyId",
  "objectStorageSecretAccessKey",
  "alertWebhookUrl",
  "alertSlackUrl",
  "alertPagerdutyKey",
  "alertWatchdogUrl",
];
const mail = { to: ["a@example.com"], from: "b@example.com", smarthost: "mail.example.com:465" };

test.each<[key: string, party: string, port: number, given: Values]>([
  [
    "settings.otlpEndpoint",
    "traceCollector",
    443,
    { settings: { otlpEndpoint: "https://collector.example" } },
  ],
  ["objectStorage.external.endpoint", "objectStorage", 9000, elsewhere("http://minio.example:9000")],
  ["alerting.email.smarthost", "alertReceivers", 465, { alerting: { email: mail } }],
  ["alertWebhookUrl", "alertReceivers", 80, { alertWebhookUrl: "http://hooks.example/x" }],
  ["alertSlackUrl", "alertReceivers", 8443, { alertSlackUrl: "https://slack.example:8443/x" }],
  ["alertWatchdogUrl", "alertReceivers", 8080, { alertWatchdogUrl: "http://watch.example:8080" }],
])("%s needs a port that is let through to network.%s", (key, party, port, given) => {
  const usual = { traceCollector: "4318", objectStorage: "443", alertReceivers: "443, 587" }[party];
  expect(problemsOf(given, secrets)).toMatchObject([
    {
      key,
      advice:
        `must be reached at a port among network.${party}.ports, which are ${usual}, as no other is let through; add ${port} ` +
        `there, or, for pods of this cluster, their own port there and their namespace to network.${party}.namespaces`,
    },
  ]);
  expect(problemsOf({ ...given, network: { [party]: { ports: [port] } } }, secrets)).toEqual([]);
  expect(problemsOf({ ...given, network: { [party]: { namespaces: ["there"] } } }, secrets)).toEqual([]);
});

test("PagerDuty is at 443", () => {
  const given = { alertPagerdutyKey: "a".repeat(32), network: { alertReceivers: { ports: [587] } } };
  expect(problemsOf(given, secrets)).toMatchObject([{ key: "alertPagerdutyKey", value: "[secret]" }]);
});
