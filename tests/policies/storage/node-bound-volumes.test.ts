import { expect, test } from "vitest";
import { nodeBoundVolumes } from "../../../policies/storage/node-bound-volumes.ts";
import { foundBy, messagesOf } from "../world.ts";

const volume = (spec: object) => ({
  "PersistentVolume/films": { apiVersion: "v1", kind: "PersistentVolume", metadata: { name: "films" }, spec },
});
const hostPath = { path: "/srv/films" };

test("volumes are not folders of any node", () => {
  expect(foundBy(nodeBoundVolumes)).toEqual([]);
  expect(foundBy(nodeBoundVolumes, volume({ hostPath }))).toEqual(["PersistentVolume/films spec.hostPath"]);
  expect(messagesOf(nodeBoundVolumes, volume({ hostPath }))[0]).toMatch(
    /^the volume is folder \/srv\/films of any node\. /,
  );
});

test.each([
  { local: { path: "/srv/films" }, nodeAffinity: { required: {} } },
  { hostPath, nodeAffinity: { required: { nodeSelectorTerms: [] } } },
  { csi: { driver: "driver.longhorn.io" } },
])("%j says where it is", (spec) => {
  expect(foundBy(nodeBoundVolumes, volume(spec))).toEqual([]);
});
