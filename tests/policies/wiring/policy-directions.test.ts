import { expect, test } from "vitest";
import { policyDirections } from "../../../policies/wiring/policy-directions.ts";
import { foundBy, messagesOf } from "../world.ts";

const types = "NetworkPolicy/web spec.policyTypes";

test("rules are for the directions that the policy is about", () => {
  expect(foundBy(policyDirections, { [types]: ["Ingress"] })).toEqual(["NetworkPolicy/web spec.egress"]);
  expect(foundBy(policyDirections, { [types]: ["Egress"] })).toEqual(["NetworkPolicy/web spec.ingress"]);
  expect(foundBy(policyDirections, { [types]: ["Egress", "Ingress"] })).toEqual([]);
  expect(messagesOf(policyDirections, { [types]: ["Ingress"] })[0]).toMatch(
    /^it has a rule for egress, and policyTypes without Egress\. .* Add Egress to policyTypes, or leave the rules out\.$/,
  );
});

test("who lists no types has those of the rules", () => {
  expect(foundBy(policyDirections, { [types]: undefined })).toEqual([]);
  expect(foundBy(policyDirections, { [types]: [] })).toEqual([]);
});

test("an empty list of rules changes nothing", () => {
  expect(foundBy(policyDirections, { [types]: ["Ingress"], "NetworkPolicy/web spec.egress": [] })).toEqual(
    [],
  );
});
