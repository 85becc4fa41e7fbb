import { createHash } from "node:crypto";
import type { Initial } from "../settings.ts";
import { realNodeLabel, realNodeTaint } from "./settings.ts";

const collection = "/apis/admissionregistration.k8s.io/v1";
export const policyName = "local-cluster-real-pods";

/** An image that nobody has, but that the policy takes for one of the real node's: to ask whether it is in force. */
export const trialImage = "local-cluster.alt/trial";

/** The same for the policy of one list of images. */
export const trialImageOf = (images: readonly string[]) =>
  `${trialImage}:${createHash("sha256").update(JSON.stringify(images)).digest("hex").slice(0, 16)}`;

/** Containers of one pod whose requests are lowered; more have never been seen. */
const containers = Array.from({ length: 16 }, (_, index) => index);

/** What real pods reserve. This machine is smaller than the cluster that a stack is sized for, and a pod that does not fit would wait for ever. */
const small = { cpu: "1m", memory: "1Mi", "ephemeral-storage": "1Mi" };

/** An expression of CEL that gives a field of every container, where `applies` to it, another value. */
function patchContainers(field: string, value: unknown, applies = (_container: string) => "true"): string {
  const inList = (list: string) =>
    `(has(object.spec.${list}) ? ${JSON.stringify(containers)}` +
    `.filter(i, i < size(object.spec.${list}) && ${applies(`object.spec.${list}[i]`)})` +
    `.map(i, JSONPatch{op: "add", path: "/spec/${list}/" + string(i) + "${field}", value: ${JSON.stringify(value)}}) : [])`;
  return ["containers", "initContainers"].map(inList).join(" + ");
}

/** Limits stay. */
const smallRequests = patchContainers(
  "/resources/requests",
  small,
  (container) => `has(${container}.resources) && has(${container}.resources.requests)`,
);

/** No registry has the images that were made here: the kubelet must not ask one. */
const withoutRegistry = patchContainers("/imagePullPolicy", "IfNotPresent");

/**
 * The policy by which the API server sends every pod to the real node whose images are all there; any other stays with
 * the nodes that are played. Stacks know nothing of it.
 * @param images references as pods give them
 */
export function realPodsPolicy(images: readonly string[]): Initial[] {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const text = (value: unknown) => JSON.stringify(value);
  const { key, value } = realNodeLabel;
  const pointer = key.replaceAll("~", "~0").replaceAll("/", "~1");
  return [
    {
      collection: `${collection}/mutatingadmissionpolicies`,
      object: {
        apiVersion,
        kind: "MutatingAdmissionPolicy",
        metadata: { name: policyName },
        spec: {
          failurePolicy: "Fail",
          reinvocationPolicy: "Never",
          matchConstraints: {
            resourceRules: [
              { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
            ],
          },
          matchConditions: [
            { name: "not-placed", expression: "!has(object.spec.nodeName) || object.spec.nodeName == ''" },
            {
              name: "images-are-there",
              expression:
                `(object.spec.containers.map(c, c.image) + (has(object.spec.initContainers) ? ` +
                `object.spec.initContainers.map(c, c.image) : [])).all(i, i in ${text([...images, trialImage, trialImageOf(images)])})`,
            },
          ],
          mutations: [
            {
              patchType: "JSONPatch",
              jsonPatch: {
                expression:
                  `(has(object.spec.nodeSelector) ? ` +
                  `[JSONPatch{op: "add", path: ${text(`/spec/nodeSelector/${pointer}`)}, value: ${text(value)}}] : ` +
                  `[JSONPatch{op: "add", path: "/spec/nodeSelector", value: ${text({ [key]: value })}}]) + ` +
                  `(has(object.spec.tolerations) ? [] : ` +
                  `[JSONPatch{op: "add", path: "/spec/tolerations", value: []}]) + ` +
                  `[JSONPatch{op: "add", path: "/spec/tolerations/-", value: ${text({ ...realNodeTaint, operator: "Equal" })}}] + ` +
                  `${withoutRegistry} + ${smallRequests}`,
              },
            },
          ],
        },
      },
    },
    {
      collection: `${collection}/mutatingadmissionpolicybindings`,
      object: {
        apiVersion,
        kind: "MutatingAdmissionPolicyBinding",
        metadata: { name: policyName },
        spec: { policyName },
      },
    },
  ];
}
