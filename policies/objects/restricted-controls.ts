/** The Pod Security Standard `restricted` of Kubernetes 1.36 (k8s.io/pod-security-admission, policy/). */
import type { Violation } from "../rule.ts";
import {
  addedCapabilities,
  type Control,
  commonControls,
  contextOf,
  hasOwnUsers,
  ofContainers,
  procMounts,
  seccompProfiles,
} from "./baseline-controls.ts";
import { type Container, containersOf, type PodSpec } from "./pods.ts";
import { fields, isSet, list, text } from "./values.ts";

export const restrictedControls: readonly Control[] = [
  ...commonControls,
  volumes,
  procMounts,
  (pod) => (hasOwnUsers(pod) ? [] : users(pod)),
  ...[
    seccompProfiles,
    missingSeccompProfiles,
    ofContainers(escalation),
    ofContainers(keptCapabilities),
    addedCapabilities(["NET_BIND_SERVICE"]),
  ].map(exceptOnWindows),
];

const volumeTypes = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** Pods for Windows cannot set the fields of some controls. */
function exceptOnWindows(control: Control): Control {
  return (pod) => (fields(pod.spec.os).name === "windows" ? [] : control(pod));
}

function volumes({ path, spec }: PodSpec): Violation[] {
  return list(spec.volumes).flatMap((item, index) => {
    const volume = fields(item);
    const foreign = Object.keys(volume).filter(
      (key) => key !== "name" && isSet(volume[key]) && !volumeTypes.includes(key),
    );
    return foreign.map((type) => ({
      path: `${path}.volumes[${index}].${type}`,
      problem: `volume ${text(volume.name) ?? index} is of type ${type}`,
      fix: `Use one of ${volumeTypes.join(", ")}`,
    }));
  });
}

/** What the pod itself sets counts, whether or not its containers set it differently; those that inherit it are not to blame. */
function users(pod: PodSpec): Violation[] {
  const { runAsNonRoot, runAsUser } = fields(pod.spec.securityContext);
  const at = `${pod.path}.securityContext`;
  const violations: Violation[] = [];
  if (isSet(runAsNonRoot) && runAsNonRoot !== true) {
    const problem = "the pod allows root";
    violations.push({ path: `${at}.runAsNonRoot`, problem, fix: "Set runAsNonRoot: true" });
  }
  if (runAsUser === 0) {
    const problem = "the pod runs as root (user 0)";
    const fix = "Set runAsUser to a user of its images, or leave it out";
    violations.push({ path: `${at}.runAsUser`, problem, fix });
  }
  return [
    ...violations,
    ...containersOf(pod).flatMap((container) => containerUser(container, isSet(runAsNonRoot))),
  ];
}

function containerUser(container: Container, isSaidByPod: boolean): Violation[] {
  const { runAsNonRoot, runAsUser } = contextOf(container);
  const at = `${container.path}.securityContext`;
  const violations: Violation[] = [];
  if ((runAsNonRoot ?? isSaidByPod) !== true) {
    const problem = `container ${container.name} may run as root`;
    const fix = "Set runAsNonRoot: true on it or its pod";
    violations.push({ path: `${at}.runAsNonRoot`, problem, fix });
  }
  if (runAsUser === 0) {
    const problem = `container ${container.name} runs as root (user 0)`;
    const fix = "Set runAsUser to a user of its image, or leave it out";
    violations.push({ path: `${at}.runAsUser`, problem, fix });
  }
  return violations;
}

function missingSeccompProfiles(pod: PodSpec): Violation[] {
  // One that confines nothing is the pod's violation.
  if (isSet(fields(pod.spec.securityContext).seccompProfile)) return [];
  return containersOf(pod)
    .filter((container) => !isSet(contextOf(container).seccompProfile))
    .map(({ path, name }) => ({
      path: `${path}.securityContext.seccompProfile.type`,
      problem: `container ${name} has no filter of system calls`,
      fix: "Set seccompProfile.type: RuntimeDefault on it or its pod",
    }));
}

function escalation(container: Container): Violation[] {
  if (contextOf(container).allowPrivilegeEscalation === false) return [];
  const problem = `container ${container.name} may gain privileges`;
  const fix = "Set allowPrivilegeEscalation: false";
  return [{ path: `${container.path}.securityContext.allowPrivilegeEscalation`, problem, fix }];
}

function keptCapabilities(container: Container): Violation[] {
  const { drop } = fields(contextOf(container).capabilities);
  if (list(drop).includes("ALL")) return [];
  const problem = `container ${container.name} keeps capabilities`;
  return [{ path: `${container.path}.securityContext.capabilities.drop`, problem, fix: "Set drop: [ALL]" }];
}
