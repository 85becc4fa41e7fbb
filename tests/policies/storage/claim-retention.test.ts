import { expect, test } from "vitest";
import { claimRetention } from "../../../policies/storage/claim-retention.ts";
import { foundBy } from "../world.ts";

const policy = "spec.persistentVolumeClaimRetentionPolicy";

test("claims stay", () => {
  expect(foundBy(claimRetention)).toEqual([]);
  const kept = { [`StatefulSet/store ${policy}`]: { whenDeleted: "Retain", whenScaled: "Retain" } };
  expect(foundBy(claimRetention, kept)).toEqual([]);
});

test.each(["whenDeleted", "whenScaled"])("%s: Delete takes them along", (when) => {
  expect(foundBy(claimRetention, { [`StatefulSet/store ${policy}.${when}`]: "Delete" })).toEqual([
    `StatefulSet/store ${policy}.${when}`,
  ]);
});

test("without claims there is nothing to lose", () => {
  const changes = {
    [`StatefulSet/store ${policy}.whenDeleted`]: "Delete",
    "StatefulSet/store spec.volumeClaimTemplates": undefined,
  };
  expect(foundBy(claimRetention, changes)).toEqual([]);
});
