import { isTemplate } from "../objects/forms.ts";
import { isKind } from "../objects/kinds.ts";
import type { KubernetesObject } from "../objects/object.ts";
import { podSpecOf } from "../objects/pods.ts";
import { isSet, list, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

const forEver = ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController"];
const toAnEnd = ["Job", "CronJob"];
const known = ["Always", "OnFailure", "Never"];

/** What is to come to an end may not be started again for ever, and the other way round. */
export const restartPolicies = objectRule({
  name: "restart-policies",
  severity: "mandatory",
  description: "Pods of Jobs have restartPolicy OnFailure or Never, those that run for ever have Always.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy",
  check(object) {
    const pod = podSpecOf(object);
    const allowed = allowedFor(object);
    // A patch of another object's has no containers.
    if (!pod || !allowed || list(pod.spec.containers).length === 0) return [];
    const given = pod.spec.restartPolicy;
    if (allowed.some((one) => one === (given ?? "Always")) || isTemplate(given)) return [];
    const shown = known.find((one) => one === given) ?? "of another name";
    const has = isSet(given) ? `restartPolicy ${shown}` : "no restartPolicy, which means Always";
    return [
      {
        path: `${pod.path}.restartPolicy`,
        problem: `the pod of a ${text(object.kind)} has ${has}`,
        fix: `Write ${allowed.join(" or ")}`,
      },
    ];
  },
});

/** Undefined for what is no kind of Kubernetes'. */
function allowedFor(object: KubernetesObject): readonly string[] | undefined {
  if (isKind(object, ...toAnEnd)) return ["OnFailure", "Never"];
  if (isKind(object, ...forEver)) return ["Always"];
  return isKind(object, "Pod") ? known : undefined;
}
