import { expect, test } from "vitest";
import { namespaceWidePeers } from "../../../policies/exposure/namespace-wide-peers.ts";
import { foundBy, messagesOf } from "../world.ts";

const from = (peer: object) => ({ "NetworkPolicy/store spec.ingress.0.from": [peer] });
const found = ["NetworkPolicy/store spec.ingress[0].from[0].podSelector"];

test("peers are pods", () => {
  expect(foundBy(namespaceWidePeers)).toEqual([]);
});

test("the whole namespace of the policy", () => {
  expect(foundBy(namespaceWidePeers, from({ podSelector: {} }))).toEqual(found);
  const byName = { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } };
  expect(foundBy(namespaceWidePeers, from(byName))).toEqual(found);
  const byLabel = { namespaceSelector: { matchLabels: { team: "shop" } } };
  const labelled = { "Namespace/shop metadata.labels.team": "shop" };
  expect(foundBy(namespaceWidePeers, { ...from(byLabel), ...labelled })).toEqual(found);
  expect(messagesOf(namespaceWidePeers, from({ podSelector: {} }))[0]).toMatch(
    /^every pod of the namespace is let in\. .* Write a podSelector /,
  );
});

test.each([
  { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } } },
  {
    namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } },
    podSelector: { matchLabels: { a: "b" } },
  },
  { namespaceSelector: {} },
  { ipBlock: { cidr: "10.0.0.0/8" } },
])("%j is something else", (peer) => {
  expect(foundBy(namespaceWidePeers, from(peer))).toEqual([]);
});
