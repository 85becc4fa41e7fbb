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

/**
 * Lowers what containers reserve: this machine is smaller than the cluster that a stack is sized for, and a pod that does
 * not fit would wait for ever. Limits stay.
 * @param value what they reserve then, as an expression of CEL
 */
function smallRequests(value: string): string {
  return ["containers", "initContainers"].map((list) => requestsOf(list, value)).join(" + ");
}

function requestsOf(list: string, value: string): string {
  const path = `"/spec/${list}/" + string(i) + "/resources/requests"`;
  return (
    `(has(object.spec.${list}) ? ${JSON.stringify(containers)}.filter(i, i < size(object.spec.${list}) && ` +
    `has(object.spec.${list}[i].resources) && has(object.spec.${list}[i].resources.requests))` +
    `.map(i, JSONPatch{op: "add", path: ${path}, value: ${value}}) : [])`
  );
}

/** No registry has the images that were made here: the kubelet must not ask one. */
function withoutRegistry(): string {
  const patchesOf = (list: string) =>
    `(has(object.spec.${list}) ? ${JSON.stringify(containers)}.filter(i, i < size(object.spec.${list}))` +
    `.map(i, JSONPatch{op: "add", path: "/spec/${list}/" + string(i) + "/imagePullPolicy", value: "IfNotPresent"}) : [])`;
  return ["containers", "initContainers"].map(patchesOf).join(" + ");
}

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
                  `${withoutRegistry()} + ` +
                  smallRequests('{"cpu": "1m", "memory": "1Mi", "ephemeral-storage": "1Mi"}'),
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
    ...leastRequestsPolicy(),
  ];
}

/**
 * Gives the pods of the real node what a LimitRange of their namespace has containers reserve at least, where there is one.
 * Mutations are made in the order of their policies' names.
 */
function leastRequestsPolicy(): Initial[] {
  const apiVersion = "admissionregistration.k8s.io/v1";
  const name = `${policyName}-least`;
  const least = 'params.spec.limits.filter(l, l.type == "Container" && has(l.min)).map(l, l.min)';
  return [
    {
      collection: `${collection}/mutatingadmissionpolicies`,
      object: {
        apiVersion,
        kind: "MutatingAdmissionPolicy",
        metadata: { name },
        spec: {
          failurePolicy: "Fail",
          reinvocationPolicy: "Never",
          paramKind: { apiVersion: "v1", kind: "LimitRange" },
          matchConstraints: {
            resourceRules: [
              { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE"], resources: ["pods"] },
            ],
          },
          matchConditions: [
            {
              name: "is-directed",
              expression: `has(object.spec.nodeSelector) && ${JSON.stringify(realNodeLabel.key)} in object.spec.nodeSelector`,
            },
          ],
          variables: [{ name: "least", expression: least }],
          mutations: [
            {
              patchType: "JSONPatch",
              jsonPatch: {
                expression: `size(variables.least) == 0 ? [] : ${smallRequests("dyn(variables.least[0])")}`,
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
        metadata: { name },
        // Those of the pod's namespace; without any, pods stay as they are.
        spec: { policyName: name, paramRef: { selector: {}, parameterNotFoundAction: "Allow" } },
      },
    },
  ];
}
