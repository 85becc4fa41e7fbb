/** The Pod Security Standard `baseline` of Kubernetes 1.36 (k8s.io/pod-security-admission, policy/). */
import type { Violation } from "../rule.ts";
import { type Container, containersOf, type PodSpec } from "./pods.ts";
import { type Fields, fields, isSet, list, number, text } from "./values.ts";

/** What one control of a Pod Security Standard objects to in a pod. */
export type Control = (pod: PodSpec) => readonly Violation[];

/** Controls that hold in `restricted` as they are. */
export const commonControls: readonly Control[] = [
  hostNamespaces,
  podConfinement,
  sysctls,
  appArmorAnnotations,
  ofContainers(containerConfinement),
  ofContainers(privileges),
  ofContainers(hostPorts),
  ofContainers(hostHandlers),
];

export const baselineControls: readonly Control[] = [
  ...commonControls,
  hostPaths,
  seccompProfiles,
  (pod) => (hasOwnUsers(pod) ? [] : procMounts(pod)),
  addedCapabilities([
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
  ]),
];

const safeSysctls = [
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
  "net.ipv4.ip_local_reserved_ports",
  "net.ipv4.tcp_keepalive_time",
  "net.ipv4.tcp_fin_timeout",
  "net.ipv4.tcp_keepalive_intvl",
  "net.ipv4.tcp_keepalive_probes",
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
];

const seLinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/** The control that holds for each container of a pod, of whatever sort. */
export function ofContainers(control: (container: Container) => readonly Violation[]): Control {
  return (pod) => containersOf(pod).flatMap(control);
}

/** Root in a user namespace of its own is nobody on the node. */
export function hasOwnUsers({ spec }: PodSpec): boolean {
  return spec.hostUsers === false;
}

export function contextOf({ container }: Container): Fields {
  return fields(container.securityContext);
}

function hostNamespaces({ path, spec }: PodSpec): Violation[] {
  return ["hostNetwork", "hostPID", "hostIPC"]
    .filter((key) => spec[key] === true)
    .map((key) => ({
      path: `${path}.${key}`,
      problem: "the pod shares a namespace of its node",
      fix: `Remove ${key}`,
    }));
}

function sysctls({ path, spec }: PodSpec): Violation[] {
  return list(fields(spec.securityContext).sysctls)
    .map((item) => text(fields(item).name) ?? "")
    .filter((name) => !safeSysctls.includes(name))
    .map((name) => ({
      path: `${path}.securityContext.sysctls`,
      problem: `sysctl ${name} reaches beyond the pod`,
      fix: "Remove it",
    }));
}

const appArmorAnnotation = "container.apparmor.security.beta.kubernetes.io/";

/** Reads just the annotations in question: others may be unknown in a preview, which would end the judgement. */
function appArmorAnnotations({ annotations }: PodSpec): Violation[] {
  return Object.keys(annotations.values)
    .filter((key) => key.startsWith(appArmorAnnotation))
    .filter((key) => {
      const value = annotations.values[key];
      return value !== "" && value !== "runtime/default" && !text(value)?.startsWith("localhost/");
    })
    .map((key) => ({
      path: `${annotations.path}["${key}"]`,
      problem: "the annotation switches AppArmor off",
      fix: "Use appArmorProfile.type: RuntimeDefault",
    }));
}

function podConfinement({ path, spec }: PodSpec): Violation[] {
  return confinement(`${path}.securityContext`, "the pod", fields(spec.securityContext));
}

function containerConfinement(container: Container): Violation[] {
  return confinement(
    `${container.path}.securityContext`,
    `container ${container.name}`,
    contextOf(container),
  );
}

/** AppArmor, SELinux and Windows settings, which pods and containers have alike. */
function confinement(path: string, who: string, context: Fields): Violation[] {
  const violations: Violation[] = [];
  if (isSet(context.appArmorProfile) && !isConfining(context.appArmorProfile)) {
    const problem = `${who} switches AppArmor off`;
    violations.push({ path: `${path}.appArmorProfile.type`, problem, fix: "Use RuntimeDefault" });
  }
  const seLinux = fields(context.seLinuxOptions);
  if (seLinux.user || seLinux.role || !seLinuxTypes.includes(text(seLinux.type) ?? "")) {
    const problem = `${who} changes its SELinux label`;
    violations.push({ path: `${path}.seLinuxOptions`, problem, fix: "Remove seLinuxOptions" });
  }
  if (fields(context.windowsOptions).hostProcess === true) {
    const problem = `${who} is a host process`;
    violations.push({ path: `${path}.windowsOptions.hostProcess`, problem, fix: "Remove hostProcess" });
  }
  return violations;
}

/** Whether an AppArmor or seccomp profile is one. */
function isConfining(profile: unknown): boolean {
  return ["RuntimeDefault", "Localhost"].includes(text(fields(profile).type) ?? "");
}

function hostPaths({ path, spec }: PodSpec): Violation[] {
  return list(spec.volumes).flatMap((item, index) => {
    const volume = fields(item);
    if (!isSet(volume.hostPath)) return [];
    const problem = `volume ${text(volume.name) ?? index} is a directory of the node`;
    const fix = "Use a volume of another type, such as emptyDir or a claim";
    return [{ path: `${path}.volumes[${index}].hostPath`, problem, fix }];
  });
}

/** Filters that are switched off, not those that are left out. */
export function seccompProfiles(pod: PodSpec): Violation[] {
  const contexts = [
    { path: pod.path, who: "the pod", context: fields(pod.spec.securityContext) },
    ...containersOf(pod).map((container) => ({
      path: container.path,
      who: `container ${container.name}`,
      context: contextOf(container),
    })),
  ];
  return contexts
    .filter(({ context: { seccompProfile } }) => isSet(seccompProfile) && !isConfining(seccompProfile))
    .map(({ path, who }) => ({
      path: `${path}.securityContext.seccompProfile.type`,
      problem: `${who} has no filter of system calls`,
      fix: "Set seccompProfile.type: RuntimeDefault",
    }));
}

function privileges(container: Container): Violation[] {
  if (contextOf(container).privileged !== true) return [];
  const problem = `container ${container.name} is privileged`;
  return [{ path: `${container.path}.securityContext.privileged`, problem, fix: "Remove privileged" }];
}

export function procMounts(pod: PodSpec): Violation[] {
  return containersOf(pod)
    .filter((container) => (contextOf(container).procMount ?? "Default") !== "Default")
    .map(({ path, name }) => ({
      path: `${path}.securityContext.procMount`,
      problem: `container ${name} unmasks /proc`,
      fix: "Remove procMount",
    }));
}

/** Capabilities that a container may add. */
export function addedCapabilities(allowed: readonly string[]): Control {
  return ofContainers((container) => {
    const { add } = fields(contextOf(container).capabilities);
    const others = list(add).filter((capability) => !allowed.includes(text(capability) ?? ""));
    if (others.length === 0) return [];
    const names = others.map(describeCapability);
    return [
      {
        path: `${container.path}.securityContext.capabilities.add`,
        problem: `container ${container.name} adds ${names.join(", ")}`,
        fix: `Only ${allowed.join(", ")} may be added`,
      },
    ];
  });
}

/** What has not the form of a name is not repeated. */
function describeCapability(capability: unknown): string {
  const name = text(capability) ?? "";
  return /^[A-Za-z_]{1,30}$/.test(name) ? name : "what is no capability";
}

function hostPorts({ path, name, container }: Container): Violation[] {
  return list(container.ports).flatMap((item, index) => {
    const port = fields(item).hostPort ?? 0;
    if (port === 0) return [];
    const problem = `container ${name} takes ${isSet(number(port)) ? `port ${port}` : "a port"} of its node`;
    const fix = "Remove hostPort and use a Service";
    return [{ path: `${path}.ports[${index}].hostPort`, problem, fix }];
  });
}

function hostHandlers({ path, name, container }: Container): Violation[] {
  const lifecycle = fields(container.lifecycle);
  const handlers = {
    livenessProbe: container.livenessProbe,
    readinessProbe: container.readinessProbe,
    startupProbe: container.startupProbe,
    "lifecycle.postStart": lifecycle.postStart,
    "lifecycle.preStop": lifecycle.preStop,
  };
  return Object.entries(handlers).flatMap(([at, handler]) =>
    ["httpGet", "tcpSocket"]
      .filter((kind) => Boolean(fields(fields(handler)[kind]).host))
      .map((kind) => ({
        path: `${path}.${at}.${kind}.host`,
        problem: `container ${name} lets the kubelet call another host`,
        fix: "Remove host, which means the pod itself",
      })),
  );
}
