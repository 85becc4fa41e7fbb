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
                  `[JSONPatch{op: "add", path: "/spec/tolerations/-", value: ${text({ ...realNodeTaint, operator: "Equal" })}}]`,
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
