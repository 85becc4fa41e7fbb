import { isKind } from "../objects/kinds.ts";
import { at, isSet, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** `local` volumes say which node they are on, and so do their pods. */
export const nodeBoundVolumes = objectRule({
  name: "node-bound-volumes",
  severity: "mandatory",
  description: "No PersistentVolume is a folder of whatever node its pod is on.",
  why: "On another node the folder is empty, or another pod's, and nothing says so.",
  reference: "https://kubernetes.io/docs/concepts/storage/persistent-volumes/#types-of-persistent-volumes",
  check(object) {
    if (!isKind(object, "PersistentVolume") || !isSet(at(object, "spec", "hostPath"))) return [];
    if (isSet(at(object, "spec", "nodeAffinity", "required"))) return [];
    const folder = text(at(object, "spec", "hostPath", "path")) ?? "";
    return [
      {
        path: "spec.hostPath",
        problem: `the volume is folder ${folder} of any node`,
        fix: "Use a storage class, or local with nodeAffinity for its node",
      },
    ];
  },
});
