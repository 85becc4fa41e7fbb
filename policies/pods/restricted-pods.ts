import { type Container, containersOf, type PodSpec, podSpecOf } from "../pod-specs.ts";
import type { Rule, Violation } from "../rule.ts";
import { fields, list, text } from "../values.ts";

/** A pod that the API server would refuse in a namespace that enforces `restricted` is refused in the preview. */
export const restrictedPods: Rule = {
  name: "restricted-pods",
  description:
    "Pods keep the Pod Security Standard `restricted` " +
    "(https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted).",
  enforcementLevel: "mandatory",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return [
      ...hostNamespaces(pod),
      ...podContext(pod),
      ...volumes(pod),
      ...containersOf(pod).flatMap((container) => [
        ...userOf(pod, container),
        ...seccompOf(pod, container),
        ...privilegesOf(container),
        ...capabilitiesOf(container),
        ...hostPorts(container),
        ...hostHandlers(container),
      ]),
    ];
  },
};

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
];

const seLinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

function hostNamespaces({ path, spec }: PodSpec): Violation[] {
  return ["hostNetwork", "hostPID", "hostIPC"]
    .filter((key) => spec[key] === true)
    .map((key) => ({
      path: `${path}.${key}`,
      message: `the pod shares a namespace of its node; remove ${key}`,
    }));
}

function podContext({ path, spec }: PodSpec): Violation[] {
  const context = fields(spec.securityContext);
  const sysctls = list(context.sysctls)
    .map((item) => text(fields(item).name) ?? "")
    .filter((name) => !safeSysctls.includes(name))
    .map((name) => ({
      path: `${path}.securityContext.sysctls`,
      message: `sysctl ${name} reaches beyond the pod; remove it`,
    }));
  return [...sysctls, ...confinement(`${path}.securityContext`, "the pod", context)];
}

function volumes({ path, spec }: PodSpec): Violation[] {
  return list(spec.volumes).flatMap((item, index) => {
    const volume = fields(item);
    const foreign = Object.keys(volume).filter((key) => key !== "name" && !volumeTypes.includes(key));
    return foreign.map((type) => ({
      path: `${path}.volumes[${index}].${type}`,
      message: `volume ${text(volume.name) ?? index} is of type ${type}; use one of ${volumeTypes.join(", ")}`,
    }));
  });
}

function userOf({ spec }: PodSpec, { path, name, container }: Container): Violation[] {
  const pod = fields(spec.securityContext);
  const own = fields(container.securityContext);
  const context = `${path}.securityContext`;
  const violations: Violation[] = [];
  if ((own.runAsNonRoot ?? pod.runAsNonRoot) !== true) {
    const message = `container ${name} may run as root; set runAsNonRoot: true on it or its pod`;
    violations.push({ path: `${context}.runAsNonRoot`, message });
  }
  if ((own.runAsUser ?? pod.runAsUser) === 0) {
    const message = `container ${name} runs as root (user 0); set runAsUser to a user of its image, or leave it out`;
    violations.push({ path: `${context}.runAsUser`, message });
  }
  return violations;
}

function seccompOf({ spec }: PodSpec, { path, name, container }: Container): Violation[] {
  const own = fields(fields(container.securityContext).seccompProfile).type;
  const type = own ?? fields(fields(spec.securityContext).seccompProfile).type;
  if (type === "RuntimeDefault" || type === "Localhost") return [];
  const message = `container ${name} has no filter of system calls; set seccompProfile.type: RuntimeDefault on it or its pod`;
  return [{ path: `${path}.securityContext.seccompProfile.type`, message }];
}

function privilegesOf({ path, name, container }: Container): Violation[] {
  const context = fields(container.securityContext);
  const at = `${path}.securityContext`;
  const violations = confinement(at, `container ${name}`, context);
  if (context.allowPrivilegeEscalation !== false) {
    const message = `container ${name} may gain privileges; set allowPrivilegeEscalation: false`;
    violations.push({ path: `${at}.allowPrivilegeEscalation`, message });
  }
  if (context.privileged === true) {
    violations.push({
      path: `${at}.privileged`,
      message: `container ${name} is privileged; remove privileged`,
    });
  }
  if (context.procMount !== undefined && context.procMount !== "Default") {
    violations.push({
      path: `${at}.procMount`,
      message: `container ${name} unmasks /proc; remove procMount`,
    });
  }
  return violations;
}

/** AppArmor, SELinux and Windows settings, which pods and containers have alike. */
function confinement(path: string, who: string, context: Readonly<Record<string, unknown>>): Violation[] {
  const violations: Violation[] = [];
  if (fields(context.appArmorProfile).type === "Unconfined") {
    violations.push({
      path: `${path}.appArmorProfile.type`,
      message: `${who} switches AppArmor off; use RuntimeDefault`,
    });
  }
  const seLinux = fields(context.seLinuxOptions);
  if (seLinux.user || seLinux.role || !seLinuxTypes.includes(text(seLinux.type) ?? "")) {
    violations.push({
      path: `${path}.seLinuxOptions`,
      message: `${who} changes its SELinux label; remove seLinuxOptions`,
    });
  }
  if (fields(context.windowsOptions).hostProcess === true) {
    violations.push({
      path: `${path}.windowsOptions.hostProcess`,
      message: `${who} is a host process; remove hostProcess`,
    });
  }
  return violations;
}

function capabilitiesOf({ path, name, container }: Container): Violation[] {
  const capabilities = fields(fields(container.securityContext).capabilities);
  const at = `${path}.securityContext.capabilities`;
  const violations: Violation[] = [];
  if (!list(capabilities.drop).includes("ALL")) {
    violations.push({ path: `${at}.drop`, message: `container ${name} keeps capabilities; set drop: [ALL]` });
  }
  const added = list(capabilities.add).filter((capability) => capability !== "NET_BIND_SERVICE");
  if (added.length > 0) {
    const message = `container ${name} adds ${added.join(", ")}; only NET_BIND_SERVICE may be added`;
    violations.push({ path: `${at}.add`, message });
  }
  return violations;
}

function hostPorts({ path, name, container }: Container): Violation[] {
  return list(container.ports).flatMap((item, index) => {
    const port = fields(item).hostPort;
    if (port === undefined || port === 0) return [];
    const message = `container ${name} takes port ${String(port)} of its node; remove hostPort and use a Service`;
    return [{ path: `${path}.ports[${index}].hostPort`, message }];
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
        message: `container ${name} lets the kubelet call another host; remove host, which means the pod itself`,
      })),
  );
}
