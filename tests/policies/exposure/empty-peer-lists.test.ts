import { expect, test } from "vitest";
import { emptyPeerLists } from "../../../policies/exposure/empty-peer-lists.ts";
import { foundBy, messagesOf } from "../world.ts";

test("lists of peers have peers", () => {
  expect(foundBy(emptyPeerLists)).toEqual([]);
});

test("an empty one is everybody", () => {
  const changes = { "NetworkPolicy/web spec.egress.0.to": [], "NetworkPolicy/store spec.ingress.0.from": [] };
  expect(foundBy(emptyPeerLists, changes)).toEqual([
    "NetworkPolicy/web spec.egress[0].to",
    "NetworkPolicy/store spec.ingress[0].from",
  ]);
  expect(messagesOf(emptyPeerLists, changes)).toEqual([
    "the list of peers is empty, which lets the pods out to everywhere. It reads as nobody and means everybody. List the peers, or remove the whole rule if it is meant to be nobody.",
    "the list of peers is empty, which lets everybody in. It reads as nobody and means everybody. List the peers, or remove the whole rule if it is meant to be nobody.",
  ]);
});

test("a direction that the policy is not about has no effect, and a missing list is another rule's", () => {
  const changes = {
    "NetworkPolicy/web spec.egress.0.to": [],
    "NetworkPolicy/web spec.policyTypes": ["Ingress"],
  };
  expect(foundBy(emptyPeerLists, changes)).toEqual([]);
  expect(foundBy(emptyPeerLists, { "NetworkPolicy/web spec.egress.0.to": undefined })).toEqual([]);
  expect(foundBy(emptyPeerLists, { "NetworkPolicy/web spec.egress": [] })).toEqual([]);
});
