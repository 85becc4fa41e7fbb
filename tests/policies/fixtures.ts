import type { KubernetesObject } from "../../policies/objects/object.ts";
import { stackOf } from "../../policies/objects/stack.ts";
import { messageOf, type Rule } from "../../policies/rule.ts";
import { set } from "./world.ts";

/** Where each kind keeps the specification of its pods. */
export const specPaths = {
  Pod: "spec",
  PodTemplate: "template.spec",
  Deployment: "spec.template.spec",
  StatefulSet: "spec.template.spec",
  DaemonSet: "spec.template.spec",
  ReplicaSet: "spec.template.spec",
  ReplicationController: "spec.template.spec",
  Job: "spec.template.spec",
  CronJob: "spec.jobTemplate.spec.template.spec",
} as const;

/** A kind that makes pods. */
export type Kind = keyof typeof specPaths;
export const kinds = Object.keys(specPaths) as Kind[];

/** Parts of an object by path, such as `spec.containers.0.image`; undefined removes the part. */
export type Changes = Readonly<Record<string, unknown>>;

function container(name: string) {
  return {
    name,
    image: "registry.test/thing:1.0",
    securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
  };
}

/** A pod's specification that every rule accepts, with a container of each sort. */
function compliantSpec() {
  return {
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
    initContainers: [container("first")],
    containers: [
      {
        ...container("main"),
        ports: [{ containerPort: 80 }],
        livenessProbe: { httpGet: { path: "/", port: 80 } },
      },
      container("side"),
    ],
    ephemeralContainers: [container("debug")],
    volumes: [{ name: "scratch", emptyDir: {} }],
  };
}

/** An object of a kind that every rule accepts, with changes at paths below its pod's specification. */
export function object(kind: Kind, changes: Changes = {}): KubernetesObject {
  const root: Record<string, unknown> = { kind, metadata: { name: "thing" } };
  set(root, specPaths[kind], compliantSpec());
  for (const [path, value] of Object.entries(changes)) set(root, `${specPaths[kind]}.${path}`, value);
  return root;
}

/** The same change of every container. */
export function each(path: string, value: unknown): Changes {
  const places = ["initContainers.0", "containers.0", "containers.1", "ephemeralContainers.0"];
  return Object.fromEntries(places.map((place) => [`${place}.${path}`, structuredClone(value)]));
}

/** What a rule objects to in an object alone. */
export function violationsIn(
  rule: Rule,
  content: KubernetesObject,
  options?: unknown,
): { path: string; message: string }[] {
  return rule
    .check(stackOf([{ content }]), options)
    .map((violation) => ({ path: violation.path, message: messageOf(rule, violation) }));
}
