import { expect, test } from "vitest";
import { serviceTypes } from "../../../policies/validity/service-types.ts";
import { foundBy } from "../world.ts";

const spec = "Service/web spec";

test("ports of nodes need a type that has them", () => {
  const changes = { [`${spec}.ports.0.nodePort`]: 30_080 };
  expect(foundBy(serviceTypes, changes)).toEqual([`${spec}.ports[0].nodePort`]);
  expect(foundBy(serviceTypes, { ...changes, [`${spec}.type`]: "NodePort" })).toEqual([]);
  expect(foundBy(serviceTypes, { ...changes, [`${spec}.type`]: "LoadBalancer" })).toEqual([]);
  expect(foundBy(serviceTypes, { [`${spec}.ports.0.nodePort`]: 0 })).toEqual([]);
});

test("a headless Service is of type ClusterIP", () => {
  for (const type of ["NodePort", "LoadBalancer"])
    expect(foundBy(serviceTypes, { "Service/store spec.type": type })).toEqual([
      "Service/store spec.clusterIP",
    ]);
  expect(foundBy(serviceTypes, { "Service/store spec.type": "ClusterIP" })).toEqual([]);
});

test("a name stands for another name, and has no address", () => {
  const named = { [`${spec}.type`]: "ExternalName", [`${spec}.externalName`]: "shop.example.com" };
  expect(foundBy(serviceTypes, named)).toEqual([]);
  expect(foundBy(serviceTypes, { ...named, [`${spec}.externalName`]: undefined })).toEqual([
    `${spec}.externalName`,
  ]);
  expect(foundBy(serviceTypes, { ...named, [`${spec}.clusterIP`]: "None" })).toEqual([`${spec}.clusterIP`]);
});

test.each([
  ["loadBalancerSourceRanges", ["10.0.0.0/8"]],
  ["externalTrafficPolicy", "Local"],
])("%s is for traffic from outside", (field, value) => {
  const changes = { [`${spec}.${field}`]: value };
  expect(foundBy(serviceTypes, changes)).toEqual([`${spec}.${field}`]);
  expect(foundBy(serviceTypes, { ...changes, [`${spec}.type`]: "LoadBalancer" })).toEqual([]);
});
