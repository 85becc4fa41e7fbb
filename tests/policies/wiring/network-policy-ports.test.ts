import { expect, test } from "vitest";
import { networkPolicyPorts } from "../../../policies/wiring/network-policy-ports.ts";
import { foundBy, messagesOf } from "../world.ts";
import { namespace } from "../world-parts.ts";

const ingress = "NetworkPolicy/web spec.ingress.0.ports.0.port";
const egress = "NetworkPolicy/web spec.egress.0.ports.0.port";

test("policies allow ports of pods", () => {
  expect(foundBy(networkPolicyPorts)).toEqual([]);
});

test("the port of a Service is refused, on both sides", () => {
  expect(foundBy(networkPolicyPorts, { [ingress]: 80 })).toEqual([
    "NetworkPolicy/web spec.ingress[0].ports[0].port",
  ]);
  expect(messagesOf(networkPolicyPorts, { [ingress]: 80 })[0]).toBe(
    "it allows ingress at port 80, which is the port of Service web, but the pods behind it have 8080 (http), 9090 (metrics). The connection that it means to allow arrives at another port, and is dropped. Write the port of the container, by number or by name.",
  );
  expect(foundBy(networkPolicyPorts, { [egress]: 80 })).toEqual([
    "NetworkPolicy/web spec.egress[0].ports[0].port",
  ]);
});

test.each([
  ["another protocol", { "NetworkPolicy/web spec.ingress.0.ports.0.protocol": "UDP" }],
  ["a name that no container has", { [ingress]: "web" }],
  ["a range beside it", { [ingress]: 8081, "NetworkPolicy/web spec.ingress.0.ports.0.endPort": 8089 }],
  [
    "a port of no pod at all, where nobody is selected",
    { [ingress]: 443, "NetworkPolicy/web spec.podSelector": { matchLabels: { a: "b" } } },
  ],
])("%s is refused", (_, changes) => {
  expect(foundBy(networkPolicyPorts, changes)).toEqual(["NetworkPolicy/web spec.ingress[0].ports[0].port"]);
});

test.each([
  ["by name", { [ingress]: "http" }],
  ["as a range around it", { [ingress]: 8000, "NetworkPolicy/web spec.ingress.0.ports.0.endPort": 8100 }],
  ["of whoever declares none", { [ingress]: 80, "Deployment/web spec.template.spec.containers.0.ports": [] }],
  [
    "of addresses outside",
    { [egress]: 443, "NetworkPolicy/web spec.egress.0.to": [{ ipBlock: { cidr: "192.0.2.0/24" } }] },
  ],
  ["of everyone", { [egress]: 443, "NetworkPolicy/web spec.egress.0.to": [] }],
  [
    "of pods of another namespace",
    { [egress]: 53, "NetworkPolicy/web spec.egress.0.to.0.namespaceSelector": { matchLabels: { a: "b" } } },
  ],
  [
    "in a policy of another kind",
    { [ingress]: 80, "NetworkPolicy/web apiVersion": "crd.projectcalico.org/v1" },
  ],
])("a port may be given %s", (_, changes) => {
  expect(foundBy(networkPolicyPorts, changes)).toEqual([]);
});

test("rules of a direction that policyTypes leaves out have no effect", () => {
  const changes = { [ingress]: 80, "NetworkPolicy/web spec.policyTypes": ["Egress"] };
  expect(foundBy(networkPolicyPorts, changes)).toEqual([]);
  expect(foundBy(networkPolicyPorts, { ...changes, "NetworkPolicy/web spec.policyTypes": [] })).toHaveLength(
    1,
  );
});

test("nothing is said where a program of the namespace may make pods at run time", () => {
  const changes = { [ingress]: 443, "NetworkPolicy/web spec.podSelector": { matchLabels: { app: "wbe" } } };
  expect(foundBy(networkPolicyPorts, changes)).toEqual(["NetworkPolicy/web spec.ingress[0].ports[0].port"]);
  const makes = {
    "Role/nightly rules.0": { apiGroups: ["apps"], resources: ["daemonsets"], verbs: ["create"] },
  };
  expect(foundBy(networkPolicyPorts, { ...changes, ...makes })).toEqual([]);
});

test("the hint names each Service before the pods once, and three at most", () => {
  const services = ["a", "b", "c"].map((name) => [
    `Service/${name}`,
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name, namespace: "shop" },
      spec: { selector: { "app.kubernetes.io/name": "web" }, ports: [{ port: 80, targetPort: 8080 }] },
    },
  ]);
  const changes = { [ingress]: 80, ...Object.fromEntries(services) };
  expect(messagesOf(networkPolicyPorts, changes)[0]).toContain(
    "at port 80, which is the port of Service web, a, b, but",
  );
});

test("the tunnel of a mesh is a port of all pods that are in it, and of no other", () => {
  const tunnel = { [ingress]: 15008, [egress]: 15008 };
  expect(foundBy(networkPolicyPorts, tunnel)).toHaveLength(2);
  const labels = { "istio.io/dataplane-mode": "ambient" };
  const meshed = { [`Namespace/${namespace} metadata.labels`]: labels };
  expect(foundBy(networkPolicyPorts, { ...tunnel, ...meshed })).toEqual([]);
  expect(foundBy(networkPolicyPorts, { [ingress]: 15009, ...meshed })).toHaveLength(1);
});
