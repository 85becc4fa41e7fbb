import { expect, test } from "vitest";
import { peersOf } from "../../config/slices/network.ts";
import { accepted, describeRefusals, type Refusal } from "./config-cases.ts";

const range =
  "must be a range of IPv4 or IPv6 addresses, with its length: /32 or /128 for a single one; for example 192.0.2.0/24";
const port = "must be a whole number from 1 to 65535 (TCP port); for example";
const labels = "must be labels of pods, as name=value, separated by commas; for example k8s-app=kube-dns";

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
    "ports of clients, which the gateway's own are",
    { network: { gatewayClients: { ports: [80] } } },
    "network.gatewayClients.ports",
    undefined,
    "is not a known key; did you mean network.dns.ports?",
  ],
];

describeRefusals("a network", refusals);

test("left out, only ports are known", () => {
  const anywhere = { cidrs: [], namespaces: [] };
  expect(peersOf(accepted({}).network)).toEqual({
    gatewayClients: { ...anywhere, ports: [] },
    dns: { namespace: "kube-system", labels: { "k8s-app": "kube-dns" }, cidrs: [], ports: [53] },
    kubernetesApi: { ...anywhere, ports: [443, 6443] },
    kubelets: { ...anywhere, ports: [10250] },
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
