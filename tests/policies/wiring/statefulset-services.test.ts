import { expect, test } from "vitest";
import { statefulsetServices } from "../../../policies/wiring/statefulset-services.ts";
import { foundBy, messagesOf } from "../world.ts";

const found = ["StatefulSet/store spec.serviceName"];

test("a StatefulSet has a headless Service", () => {
  expect(foundBy(statefulsetServices)).toEqual([]);
});

test.each([
  ["is not there", { "StatefulSet/store spec.serviceName": "stores" }, "stores"],
  ["is not headless", { "Service/store spec.clusterIP": undefined }, "store"],
  ["does not select its pods", { "Service/store spec.selector": { app: "other" } }, "store"],
])("a Service that %s is refused", (problem, changes, name) => {
  expect(foundBy(statefulsetServices, changes)).toEqual(found);
  expect(
    messagesOf(statefulsetServices, changes)[0]?.startsWith(`Service ${name}, which it names, ${problem}.`),
  ).toBe(true);
});

test("a Service of another namespace gives its pods no names", () => {
  const apart = { "Service/store metadata.namespace": "other", "Service/web": undefined };
  expect(foundBy(statefulsetServices, apart)).toEqual(found);
  expect(messagesOf(statefulsetServices, apart)[0]).toMatch(
    /^Service store, which it names, is not there; Service store is in namespace other\. /,
  );
});

test("a StatefulSet may do without, or have its Service in another set", () => {
  expect(foundBy(statefulsetServices, { "StatefulSet/store spec.serviceName": undefined })).toEqual([]);
  expect(foundBy(statefulsetServices, { "Service/store": undefined, "Service/web": undefined })).toEqual([]);
});
