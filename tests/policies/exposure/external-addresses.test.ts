import { expect, test } from "vitest";
import { externalAddresses } from "../../../policies/exposure/external-addresses.ts";
import { foundBy, messagesOf } from "../world.ts";

test("a Service takes no addresses", () => {
  expect(foundBy(externalAddresses)).toEqual([]);
  expect(foundBy(externalAddresses, { "Service/web spec.externalIPs": [] })).toEqual([]);
  const changes = { "Service/web spec.externalIPs": ["192.0.2.1", "192.0.2.2"] };
  expect(foundBy(externalAddresses, changes)).toEqual(["Service/web spec.externalIPs"]);
  expect(messagesOf(externalAddresses, changes)[0]).toMatch(
    /^the Service takes 2 addresses by itself\. .*CVE-2020-8554.* Remove externalIPs, /,
  );
});
