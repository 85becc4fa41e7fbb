import { describe, expect, test } from "vitest";
import { restrictedPods } from "../../../policies/pods/restricted-pods.ts";
import { type Changes, each, kinds, object, specPaths, violationsIn } from "../fixtures.ts";

const spec = specPaths.Deployment;
const podContext = "securityContext";
const context = "containers.0.securityContext";

const containerPaths = ["initContainers[0]", "containers[0]", "containers[1]", "ephemeralContainers[0]"];

/** What is changed in a compliant Deployment, the paths below the pod's specification that are to blame, and words of the message. */
type Violation = readonly [title: string, changes: Changes, paths: readonly string[], words: RegExp];

const ofThePod: readonly Violation[] = [
  [
    "the node's network",
    { hostNetwork: true },
    ["hostNetwork"],
    /namespace of its node. .* Remove hostNetwork/,
  ],
  ["the node's processes", { hostPID: true }, ["hostPID"], /Remove hostPID/],
  ["the node's IPC", { hostIPC: true }, ["hostIPC"], /Remove hostIPC/],
  [
    "an unsafe sysctl",
    { [`${podContext}.sysctls`]: [{ name: "kernel.msgmax", value: "1" }] },
    ["securityContext.sysctls"],
    /sysctl kernel.msgmax/,
  ],
  [
    "a sysctl without a name",
    { [`${podContext}.sysctls`]: [{}] },
    ["securityContext.sysctls"],
    /reaches beyond the pod/,
  ],
  [
    "root allowed, though containers forbid it",
    { [`${podContext}.runAsNonRoot`]: false, ...each("securityContext.runAsNonRoot", true) },
    ["securityContext.runAsNonRoot"],
    /Set runAsNonRoot: true/,
  ],
  [
    "user 0, though containers have others",
    { [`${podContext}.runAsUser`]: 0, ...each("securityContext.runAsUser", 1000) },
    ["securityContext.runAsUser"],
    /user 0/,
  ],
  [
    "no seccomp, though containers have some",
    {
      [`${podContext}.seccompProfile.type`]: "Unconfined",
      ...each("securityContext.seccompProfile", { type: "Localhost" }),
    },
    ["securityContext.seccompProfile.type"],
    /RuntimeDefault/,
  ],
  [
    "root allowed, which containers inherit",
    { [`${podContext}.runAsNonRoot`]: false },
    ["securityContext.runAsNonRoot"],
    /the pod allows root\. .* Set runAsNonRoot: true/,
  ],
  [
    "no seccomp, which containers inherit",
    { [`${podContext}.seccompProfile`]: { type: "Unconfined" } },
    ["securityContext.seccompProfile.type"],
    /the pod has no filter of system calls/,
  ],
  [
    "user 0, which containers inherit",
    { [`${podContext}.runAsUser`]: 0 },
    ["securityContext.runAsUser"],
    /the pod runs as root/,
  ],
  [
    "no AppArmor",
    { [`${podContext}.appArmorProfile`]: { type: "Unconfined" } },
    ["securityContext.appArmorProfile.type"],
    /AppArmor/,
  ],
  [
    "an AppArmor profile without a type",
    { [`${podContext}.appArmorProfile`]: {} },
    ["securityContext.appArmorProfile.type"],
    /AppArmor/,
  ],
  [
    "an SELinux user",
    { [`${podContext}.seLinuxOptions`]: { user: "root" } },
    ["securityContext.seLinuxOptions"],
    /SELinux/,
  ],
  [
    "a Windows host process",
    { [`${podContext}.windowsOptions`]: { hostProcess: true } },
    ["securityContext.windowsOptions.hostProcess"],
    /host process/,
  ],
  [
    "a directory of the node",
    { volumes: [{ name: "x", hostPath: { path: "/" } }] },
    ["volumes[0].hostPath"],
    /volume x is of type hostPath/,
  ],
  [
    "a network volume",
    { volumes: [{ name: "y", emptyDir: {} }, { nfs: { server: "s" } }] },
    ["volumes[1].nfs"],
    /volume 1 is of type nfs/,
  ],
];

const ofAContainer: readonly Violation[] = [
  [
    "root allowed by the container",
    { [`${context}.runAsNonRoot`]: false },
    [`${index(context)}.runAsNonRoot`],
    /container main may run as root/,
  ],
  ["user 0", { [`${context}.runAsUser`]: 0 }, [`${index(context)}.runAsUser`], /container main runs as root/],
  [
    "another seccomp profile",
    { [`${context}.seccompProfile`]: { type: "Unconfined" } },
    [`${index(context)}.seccompProfile.type`],
    /system calls/,
  ],
  [
    "an empty seccomp profile",
    { [`${context}.seccompProfile`]: {} },
    [`${index(context)}.seccompProfile.type`],
    /system calls/,
  ],
  [
    "escalation by default",
    { [`${context}.allowPrivilegeEscalation`]: undefined },
    [`${index(context)}.allowPrivilegeEscalation`],
    /gain privileges/,
  ],
  [
    "escalation",
    { [`${context}.allowPrivilegeEscalation`]: true },
    [`${index(context)}.allowPrivilegeEscalation`],
    /gain privileges/,
  ],
  ["privileges", { [`${context}.privileged`]: true }, [`${index(context)}.privileged`], /Remove privileged/],
  [
    "an open /proc",
    { [`${context}.procMount`]: "Unmasked" },
    [`${index(context)}.procMount`],
    /unmasks \/proc/,
  ],
  [
    "an SELinux role",
    { [`${context}.seLinuxOptions`]: { role: "r" } },
    [`${index(context)}.seLinuxOptions`],
    /SELinux/,
  ],
  [
    "a foreign SELinux type",
    { [`${context}.seLinuxOptions`]: { type: "spc_t" } },
    [`${index(context)}.seLinuxOptions`],
    /SELinux/,
  ],
  [
    "an AppArmor profile of no known type",
    { [`${context}.appArmorProfile`]: { type: "Other" } },
    [`${index(context)}.appArmorProfile.type`],
    /AppArmor/,
  ],
  [
    "a host process",
    { [`${context}.windowsOptions`]: { hostProcess: true } },
    [`${index(context)}.windowsOptions.hostProcess`],
    /host process/,
  ],
  [
    "all capabilities",
    { [`${context}.capabilities`]: undefined },
    [`${index(context)}.capabilities.drop`],
    /drop: \[ALL\]/,
  ],
  [
    "capabilities dropped one by one",
    { [`${context}.capabilities.drop`]: ["NET_RAW", "all"] },
    [`${index(context)}.capabilities.drop`],
    /drop: \[ALL\]/,
  ],
  [
    "capabilities added",
    { [`${context}.capabilities.add`]: ["NET_BIND_SERVICE", "CHOWN", "SYS_TIME"] },
    [`${index(context)}.capabilities.add`],
    /adds CHOWN, SYS_TIME\. .* Only NET_BIND_SERVICE/,
  ],
  [
    "a port of the node",
    { "containers.0.ports.0.hostPort": 80 },
    ["containers[0].ports[0].hostPort"],
    /port 80 of its node/,
  ],
  [
    "a probe of another host",
    { "containers.0.livenessProbe.httpGet.host": "10.0.0.1" },
    ["containers[0].livenessProbe.httpGet.host"],
    /another host/,
  ],
  [
    "a readiness probe of another host",
    { "containers.0.readinessProbe": { tcpSocket: { host: "h", port: 1 } } },
    ["containers[0].readinessProbe.tcpSocket.host"],
    /another host/,
  ],
  [
    "a startup probe of another host",
    { "containers.0.startupProbe": { httpGet: { host: "h" } } },
    ["containers[0].startupProbe.httpGet.host"],
    /another host/,
  ],
  [
    "a hook that calls another host",
    {
      "containers.0.lifecycle": {
        postStart: { httpGet: { host: "h" } },
        preStop: { tcpSocket: { host: "h" } },
      },
    },
    ["containers[0].lifecycle.postStart.httpGet.host", "containers[0].lifecycle.preStop.tcpSocket.host"],
    /another host/,
  ],
];

const ofBoth: readonly Violation[] = [
  [
    "root allowed by the pod and by a container",
    { [`${podContext}.runAsNonRoot`]: false, [`${context}.runAsNonRoot`]: false },
    ["securityContext.runAsNonRoot", `${index(context)}.runAsNonRoot`],
    /root/,
  ],
  [
    "no seccomp for the pod and for a container",
    {
      [`${podContext}.seccompProfile`]: { type: "Unconfined" },
      [`${context}.seccompProfile`]: { type: "Unconfined" },
    },
    ["securityContext.seccompProfile.type", `${index(context)}.seccompProfile.type`],
    /system calls/,
  ],
];

const everywhere: readonly Violation[] = [
  [
    "no word about root",
    { [`${podContext}.runAsNonRoot`]: undefined },
    all("runAsNonRoot"),
    /may run as root\. .* Set runAsNonRoot: true on it or its pod/,
  ],
  [
    "no seccomp profile",
    { [`${podContext}.seccompProfile`]: undefined },
    all("seccompProfile.type"),
    /Set seccompProfile.type: RuntimeDefault on it or its pod/,
  ],
  [
    "no security context of the pod",
    { [podContext]: undefined },
    containerPaths.flatMap((path) => [
      `${path}.securityContext.runAsNonRoot`,
      `${path}.securityContext.seccompProfile.type`,
    ]),
    /Set/,
  ],
];

describe.each([
  ["of the pod", ofThePod],
  ["of a container", ofAContainer],
  ["of a pod and its container", ofBoth],
  ["of every container", everywhere],
])("a violation %s is found", (_, violations) => {
  test.each(violations)("%s", (_title, changes, paths, words) => {
    const found = violationsIn(restrictedPods, object("Deployment", changes));
    expect(found.map(({ path }) => path).sort()).toEqual(paths.map((path) => `${spec}.${path}`).sort());
    for (const { message } of found) expect(message).toMatch(words);
  });
});

test.each(kinds)("a compliant %s has no violation, and a bad one has one at its place", (kind) => {
  expect(violationsIn(restrictedPods, object(kind))).toEqual([]);
  expect(violationsIn(restrictedPods, object(kind, { hostPID: true })).map(({ path }) => path)).toEqual([
    `${specPaths[kind]}.hostPID`,
  ]);
});

test.each([
  ["initContainers.0", "initContainers[0]", "first"],
  ["containers.1", "containers[1]", "side"],
  ["ephemeralContainers.0", "ephemeralContainers[0]", "debug"],
])("%s are judged like the others", (path, place, name) => {
  const found = violationsIn(restrictedPods, object("Pod", { [`${path}.securityContext`]: undefined }));
  expect(found.map((violation) => violation.path).sort()).toEqual([
    `spec.${place}.securityContext.allowPrivilegeEscalation`,
    `spec.${place}.securityContext.capabilities.drop`,
  ]);
  for (const { message } of found) expect(message).toMatch(`container ${name} `);
});

test("objects without pods have no violation", () => {
  const hostPath = { kind: "PersistentVolume", spec: { hostPath: { path: "/" }, hostNetwork: true } };
  expect(violationsIn(restrictedPods, hostPath)).toEqual([]);
  expect(violationsIn(restrictedPods, {})).toEqual([]);
});

/** A path with indices as violations write them. */
function index(path: string): string {
  return path.replace(/\.(\d+)/g, "[$1]");
}

/** A field of every container's security context, as violations write it. */
function all(field: string): string[] {
  return containerPaths.map((path) => `${path}.securityContext.${field}`);
}
