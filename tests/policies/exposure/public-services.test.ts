import { expect, test } from "vitest";
import { publicServices } from "../../../policies/exposure/public-services.ts";
import { foundBy, messagesOf } from "../world.ts";

const type = (name: string) => ({ "Service/web spec.type": name });

test("Services are the cluster's own", () => {
  expect(foundBy(publicServices)).toEqual([]);
  expect(foundBy(publicServices, type("ClusterIP"))).toEqual([]);
});

test.each([
  ["NodePort", /^the Service opens a port of every node\. /],
  ["LoadBalancer", /^the Service has a load balancer that everybody may call\. /],
])("%s", (name, words) => {
  expect(foundBy(publicServices, type(name))).toEqual(["Service/web spec.type"]);
  expect(messagesOf(publicServices, type(name))[0]).toMatch(words);
});

test.each([
  { "Service/web spec.loadBalancerSourceRanges": ["192.0.2.0/24"] },
  {
    "Service/web metadata.annotations": { "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal" },
  },
  { "Service/web metadata.annotations": { "networking.gke.io/load-balancer-type": "Internal" } },
  {
    "Service/web metadata.annotations": { "service.beta.kubernetes.io/azure-load-balancer-internal": "true" },
  },
])("a load balancer with %j is not public", (change) => {
  expect(foundBy(publicServices, { ...type("LoadBalancer"), ...change })).toEqual([]);
});

test("a range of everything, and one on a port of nodes, restrict nothing", () => {
  const everything = { "Service/web spec.loadBalancerSourceRanges": ["192.0.2.0/24", "0.0.0.0/0"] };
  expect(foundBy(publicServices, { ...type("LoadBalancer"), ...everything })).toEqual([
    "Service/web spec.type",
  ]);
});

test.each(["NodePort", "LoadBalancer"])("%s, where the team allows it, and nothing else", (name) => {
  const other = name === "NodePort" ? "LoadBalancer" : "NodePort";
  expect(foundBy(publicServices, type(name), { allowed: [name] })).toEqual([]);
  expect(foundBy(publicServices, type(other), { allowed: [name] })).toEqual(["Service/web spec.type"]);
});
