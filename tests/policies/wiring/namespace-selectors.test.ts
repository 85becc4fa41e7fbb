import { expect, test } from "vitest";
import { namespaceSelectors } from "../../../policies/wiring/namespace-selectors.ts";
import { foundBy, messagesOf } from "../world.ts";

const place = "NetworkPolicy/web spec.ingress.0.from.0.namespaceSelector";
const found = ["NetworkPolicy/web spec.ingress[0].from[0].namespaceSelector"];
const by = (key: string, value: string) => ({ [place]: { matchLabels: { [key]: value } } });

test("namespaces are selected by the label that all have", () => {
  expect(foundBy(namespaceSelectors)).toEqual([]);
});

test.each([
  ["name", "kube-system", "a label that Kubernetes does not give kube-system"],
  ["name", "traefik", "a label that no namespace has by itself"],
  ["app", "shop", "and namespace shop has no such label"],
])("%s: %s is refused: %s", (key, value, why) => {
  expect(foundBy(namespaceSelectors, by(key, value))).toEqual(found);
  expect(messagesOf(namespaceSelectors, by(key, value))[0]).toBe(
    `it selects namespaces by ${key}: ${value}, ${why}. A selector that fits no namespace lets nobody through, and DNS or callers are cut off. Write kubernetes.io/metadata.name: ${value}, which every namespace has.`,
  );
});

test("egress is judged too", () => {
  expect(
    foundBy(namespaceSelectors, {
      "NetworkPolicy/web spec.egress.0.to.0": { namespaceSelector: { matchLabels: { name: "kube-system" } } },
    }),
  ).toEqual(["NetworkPolicy/web spec.egress[0].to[0].namespaceSelector"]);
});

test.each([
  [
    "a label that a namespace of the set has",
    { ...by("team", "shop"), "Namespace/shop metadata.labels.team": "shop" },
  ],
  ["a label of others' namespaces", by("example.org/team", "data")],
  ["everything", { [place]: {} }],
  ["the system's namespace by its name", by("kubernetes.io/metadata.name", "kube-system")],
  ["several labels", { [place]: { matchLabels: { name: "kube-system", team: "a" } } }],
  [
    "a policy of another kind",
    { ...by("name", "kube-system"), "NetworkPolicy/web apiVersion": "crd.projectcalico.org/v1" },
  ],
])("%s is accepted", (_, changes) => {
  expect(foundBy(namespaceSelectors, changes)).toEqual([]);
});

test("rules of a direction that policyTypes leaves out have no effect", () => {
  const changes = { ...by("name", "kube-system"), "NetworkPolicy/web spec.policyTypes": ["Egress"] };
  expect(foundBy(namespaceSelectors, changes)).toEqual([]);
});
