import { expect, test } from "vitest";
import { dnsPeers } from "../../../policies/exposure/dns-peers.ts";
import { foundBy, messagesOf } from "../world.ts";

const ports = [
  { protocol: "UDP", port: 53 },
  { protocol: "TCP", port: 53 },
];
const egress = (rule: object) => ({ "NetworkPolicy/web spec.egress.1": { ports, ...rule } });
const system = { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } };
const at = "NetworkPolicy/web spec.egress[1].to";

test("DNS goes to the DNS pods", () => {
  expect(foundBy(dnsPeers)).toEqual([]);
  const to = [{ namespaceSelector: system, podSelector: { matchLabels: { "k8s-app": "kube-dns" } } }];
  expect(foundBy(dnsPeers, egress({ to }))).toEqual([]);
});

test.each([
  [{ to: [{ namespaceSelector: system }] }, `${at}[0].podSelector`],
  [{ to: [{ namespaceSelector: system, podSelector: {} }] }, `${at}[0].podSelector`],
  [{ to: [{ namespaceSelector: {} }] }, `${at}[0].namespaceSelector`],
  [{ to: [{ ipBlock: { cidr: "0.0.0.0/0" } }] }, `${at}[0].ipBlock.cidr`],
  [{}, at],
])("%j", (rule, found) => {
  expect(foundBy(dnsPeers, egress(rule))).toEqual([found]);
});

test("messages say how to name them", () => {
  expect(messagesOf(dnsPeers, egress({ to: [{ namespaceSelector: system }] }))[0]).toMatch(
    /^DNS is allowed to all pods of a namespace\. .* namespaceSelector kubernetes\.io\/metadata\.name: kube-system and podSelector k8s-app: kube-dns\.$/,
  );
});

test("an address of a node's cache, and rules about other ports, too, are fine", () => {
  expect(foundBy(dnsPeers, egress({ to: [{ ipBlock: { cidr: "169.254.20.10/32" } }] }))).toEqual([]);
  const mixed = { ports: [...ports, { protocol: "TCP", port: 443 }], to: [{ namespaceSelector: system }] };
  expect(foundBy(dnsPeers, { "NetworkPolicy/web spec.egress.1": mixed })).toEqual([]);
});
