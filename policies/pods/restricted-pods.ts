import { type Container, containersOf, type PodSpec, podSpecOf } from "../objects/pods.ts";
import { type Fields, fields, isSet, list, text } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/**
 * A pod that the API server would refuse in a namespace that enforces `restricted` is refused in the preview.
 * The controls are those of Kubernetes 1.36 (k8s.io/pod-security-admission, policy/).
 */
export const restrictedPods = objectRule({
  name: "restricted-pods",
  severity: "mandatory",
  description: "Pods keep the Pod Security Standard `restricted`.",
  why: "Whoever breaks into such a container gets further than into its own processes.",
  reference: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return [
      ...hostNamespaces(pod),
      ...podContext(pod),
      ...appArmorAnnotations(pod),
      ...volumes(pod),
      ...containersOf(pod).flatMap((container) => [
        ...userOf(pod, container),
        ...confinement(
          `${container.path}.securityContext`,
          `container ${container.name}`,
          contextOf(container),
        ),
        ...privilegesOf(container),
        ...hostPorts(container),
        ...hostHandlers(container),
        ...(isWindows(pod)
          ? []
          : [...seccompOf(pod, container), ...escalationOf(container), ...capabilitiesOf(container)]),
      ]),
    ];
  },
});

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
  "net.ipv4.tcp_rmem",
  "net.ipv4.tcp_wmem",
];

const seLinuxTypes = ["", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

function hostNamespaces({ path, spec }: PodSpec): Violation[] {
  return ["hostNetwork", "hostPID", "hostIPC"]
    .filter((key) => spec[key] === true)
    .map((key) => ({
      path: `${path}.${key}`,
      problem: "the pod shares a namespace of its node",
      fix: `Remove ${key}`,
    }));
}

/** Pods for Windows cannot set these fields. */
function isWindows({ spec }: PodSpec): boolean {
  return fields(spec.os).name === "windows";
}

/** Root in a user namespace of its own is nobody on the node. */
function hasOwnUsers({ spec }: PodSpec): boolean {
  return spec.hostUsers === false;
}

function contextOf({ container }: Container): Fields {
  return fields(container.securityContext);
}

/** What the pod itself sets, whether or not its containers set it differently. */
function podContext(pod: PodSpec): Violation[] {
  const context = fields(pod.spec.securityContext);
  const at = `${pod.path}.securityContext`;
  const violations = confinement(at, "the pod", context);
  for (const item of list(context.sysctls)) {
    const name = text(fields(item).name) ?? "";
    if (safeSysctls.includes(name)) continue;
    violations.push({
      path: `${at}.sysctls`,
      problem: `sysctl ${name} reaches beyond the pod`,
      fix: "Remove it",
    });
  }
  if (context.runAsNonRoot === false && !hasOwnUsers(pod)) {
    const problem = "the pod allows root";
    const fix = "Set runAsNonRoot: true";
    violations.push({ path: `${at}.runAsNonRoot`, problem, fix });
  }
  if (context.runAsUser === 0 && !hasOwnUsers(pod)) {
    const problem = "the pod runs as root (user 0)";
    const fix = "Set runAsUser to a user of its images, or leave it out";
    violations.push({ path: `${at}.runAsUser`, problem, fix });
  }
  if (isSet(context.seccompProfile) && !filtersSystemCalls(context.seccompProfile) && !isWindows(pod)) {
    const problem = "the pod has no filter of system calls";
    const fix = "Set seccompProfile.type: RuntimeDefault";
    violations.push({ path: `${at}.seccompProfile.type`, problem, fix });
  }
  return violations;
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

function userOf(pod: PodSpec, container: Container): Violation[] {
  if (hasOwnUsers(pod)) return [];
  const own = contextOf(container);
  const at = `${container.path}.securityContext`;
  const violations: Violation[] = [];
  if ((own.runAsNonRoot ?? fields(pod.spec.securityContext).runAsNonRoot) !== true) {
    const problem = `container ${container.name} may run as root`;
    const fix = "Set runAsNonRoot: true on it or its pod";
    violations.push({ path: `${at}.runAsNonRoot`, problem, fix });
  }
  if (own.runAsUser === 0) {
    const problem = `container ${container.name} runs as root (user 0)`;
    const fix = "Set runAsUser to a user of its image, or leave it out";
    violations.push({ path: `${at}.runAsUser`, problem, fix });
  }
  return violations;
}

function seccompOf({ spec }: PodSpec, container: Container): Violation[] {
  const own = contextOf(container).seccompProfile;
  const profile = isSet(own) ? own : fields(spec.securityContext).seccompProfile;
  if (filtersSystemCalls(profile)) return [];
  const problem = `container ${container.name} has no filter of system calls`;
  const fix = "Set seccompProfile.type: RuntimeDefault on it or its pod";
  return [{ path: `${container.path}.securityContext.seccompProfile.type`, problem, fix }];
}

function filtersSystemCalls(profile: unknown): boolean {
  return ["RuntimeDefault", "Localhost"].includes(text(fields(profile).type) ?? "");
}

function escalationOf(container: Container): Violation[] {
  if (contextOf(container).allowPrivilegeEscalation === false) return [];
  const problem = `container ${container.name} may gain privileges`;
  const fix = "Set allowPrivilegeEscalation: false";
  return [{ path: `${container.path}.securityContext.allowPrivilegeEscalation`, problem, fix }];
}

function privilegesOf({ path, name, container }: Container): Violation[] {
  const context = fields(container.securityContext);
  const at = `${path}.securityContext`;
  const violations: Violation[] = [];
  if (context.privileged === true) {
    violations.push({
      path: `${at}.privileged`,
      problem: `container ${name} is privileged`,
      fix: "Remove privileged",
    });
  }
  if ((context.procMount ?? "Default") !== "Default") {
    violations.push({
      path: `${at}.procMount`,
      problem: `container ${name} unmasks /proc`,
      fix: "Remove procMount",
    });
  }
  return violations;
}

/** AppArmor, SELinux and Windows settings, which pods and containers have alike. */
function confinement(path: string, who: string, context: Fields): Violation[] {
  const violations: Violation[] = [];
  const appArmor = context.appArmorProfile;
  if (isSet(appArmor) && !["RuntimeDefault", "Localhost"].includes(text(fields(appArmor).type) ?? "")) {
    violations.push({
      path: `${path}.appArmorProfile.type`,
      problem: `${who} switches AppArmor off`,
      fix: "Use RuntimeDefault",
    });
  }
  const seLinux = fields(context.seLinuxOptions);
  if (seLinux.user || seLinux.role || !seLinuxTypes.includes(text(seLinux.type) ?? "")) {
    violations.push({
      path: `${path}.seLinuxOptions`,
      problem: `${who} changes its SELinux label`,
      fix: "Remove seLinuxOptions",
    });
  }
  if (fields(context.windowsOptions).hostProcess === true) {
    violations.push({
      path: `${path}.windowsOptions.hostProcess`,
      problem: `${who} is a host process`,
      fix: "Remove hostProcess",
    });
  }
  return violations;
}

function capabilitiesOf({ path, name, container }: Container): Violation[] {
  const capabilities = fields(fields(container.securityContext).capabilities);
  const at = `${path}.securityContext.capabilities`;
  const violations: Violation[] = [];
  if (!list(capabilities.drop).includes("ALL")) {
    violations.push({
      path: `${at}.drop`,
      problem: `container ${name} keeps capabilities`,
      fix: "Set drop: [ALL]",
    });
  }
  const added = list(capabilities.add).filter((capability) => capability !== "NET_BIND_SERVICE");
  if (added.length > 0) {
    const problem = `container ${name} adds ${added.map((capability) => text(capability) ?? JSON.stringify(capability)).join(", ")}`;
    const fix = "Only NET_BIND_SERVICE may be added";
    violations.push({ path: `${at}.add`, problem, fix });
  }
  return violations;
}

function hostPorts({ path, name, container }: Container): Violation[] {
  return list(container.ports).flatMap((item, index) => {
    const port = fields(item).hostPort ?? 0;
    if (port === 0) return [];
    const problem = `container ${name} takes port ${JSON.stringify(port)} of its node`;
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
