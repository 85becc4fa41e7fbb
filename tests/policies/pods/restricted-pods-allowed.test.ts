import { describe, expect, test } from "vitest";
import { restrictedPods } from "../../../policies/pods/restricted-pods.ts";
import { type Changes, each, object, violationsIn } from "../fixtures.ts";
import { set } from "../world.ts";

const podContext = "securityContext";
const context = "containers.0.securityContext";
const apparmor = "container.apparmor.security.beta.kubernetes.io/main";

describe("what the standard allows is allowed", () => {
  test.each<[string, Changes]>([
    [
      "switches that are off",
      { hostNetwork: false, hostPID: false, hostIPC: false, [`${context}.privileged`]: false },
    ],
    [
      "root forbidden by every container alone",
      { [`${podContext}.runAsNonRoot`]: undefined, ...each("securityContext.runAsNonRoot", true) },
    ],
    [
      "seccomp in every container alone",
      {
        [`${podContext}.seccompProfile`]: undefined,
        ...each("securityContext.seccompProfile", { type: "Localhost" }),
      },
    ],
    [
      "fields that are null",
      {
        [`${context}.procMount`]: null,
        [`${context}.runAsUser`]: null,
        [`${context}.runAsNonRoot`]: null,
        [`${context}.seccompProfile`]: null,
        [`${context}.appArmorProfile`]: null,
        "containers.0.ports.0.hostPort": null,
        "volumes.0.hostPath": null,
      },
    ],
    ["the default /proc", { [`${context}.procMount`]: "Default" }],
    ["the only capability that may be added", { [`${context}.capabilities.add`]: ["NET_BIND_SERVICE"] }],
    ["host port 0", { "containers.0.ports.0.hostPort": 0 }],
    [
      "probes without a host",
      {
        "containers.0.readinessProbe": { tcpSocket: { port: 1, host: "" } },
        "containers.0.startupProbe": { grpc: { port: 1 } },
      },
    ],
    [
      "SELinux types of containers",
      {
        [`${podContext}.seLinuxOptions`]: { type: "container_t", level: "s0" },
        [`${context}.seLinuxOptions`]: { type: "container_engine_t" },
      },
    ],
    [
      "AppArmor profiles",
      {
        [`${podContext}.appArmorProfile`]: { type: "RuntimeDefault" },
        [`${context}.appArmorProfile`]: { type: "Localhost" },
      },
    ],
    ["no containers", { initContainers: undefined, ephemeralContainers: undefined, containers: [] }],
    [
      "root in a user namespace of the pod's own",
      {
        hostUsers: false,
        [`${podContext}.runAsNonRoot`]: false,
        [`${podContext}.runAsUser`]: 0,
        [`${context}.runAsUser`]: 0,
      },
    ],
    [
      "Windows pods without what Windows has not",
      {
        os: { name: "windows" },
        [`${podContext}.seccompProfile`]: { type: "Unconfined" },
        ...each("securityContext", {}),
      },
    ],
    [
      "every volume type of the standard",
      {
        volumes: [
          "configMap",
          "csi",
          "downwardAPI",
          "emptyDir",
          "ephemeral",
          "image",
          "persistentVolumeClaim",
          "projected",
          "secret",
        ].map((type) => ({ name: type.toLowerCase(), [type]: {} })),
      },
    ],
    [
      "every safe sysctl",
      {
        [`${podContext}.sysctls`]: [
          "kernel.shm_rmid_forced",
          "net.ipv4.ip_local_port_range",
          "net.ipv4.ip_local_reserved_ports",
          "net.ipv4.ip_unprivileged_port_start",
          "net.ipv4.ping_group_range",
          "net.ipv4.tcp_fin_timeout",
          "net.ipv4.tcp_keepalive_intvl",
          "net.ipv4.tcp_keepalive_probes",
          "net.ipv4.tcp_keepalive_time",
          "net.ipv4.tcp_rmem",
          "net.ipv4.tcp_syncookies",
          "net.ipv4.tcp_wmem",
        ].map((name) => ({ name, value: "1" })),
      },
    ],
  ])("%s", (_, changes) => {
    expect(violationsIn(restrictedPods, object("Deployment", changes))).toEqual([]);
  });
});

test("a user namespace and Windows excuse nothing else", () => {
  const found = (changes: Changes) =>
    violationsIn(restrictedPods, object("Pod", changes)).map(({ path }) => path);
  expect(found({ hostUsers: false, [`${context}.procMount`]: "Unmasked" })).toEqual([
    "spec.containers[0].securityContext.procMount",
  ]);
  expect(found({ os: { name: "windows" }, [`${podContext}.runAsNonRoot`]: false })).toContain(
    "spec.securityContext.runAsNonRoot",
  );
  expect(found({ os: { name: "linux" }, [`${context}.capabilities`]: undefined })).toHaveLength(1);
  expect(found({ hostUsers: true, [`${context}.runAsUser`]: 0 })).toHaveLength(1);
});

describe("AppArmor annotations of the pod", () => {
  function annotated(value: unknown) {
    const deployment = object("Deployment");
    set(deployment, "spec.template.metadata", { annotations: { other: "x", [apparmor]: value } });
    return violationsIn(restrictedPods, deployment);
  }

  test.each(["", "runtime/default", "localhost/profile"])("%j is allowed", (value) => {
    expect(annotated(value)).toEqual([]);
  });

  test.each(["unconfined", "other", 5])("%j is refused", (value) => {
    expect(annotated(value)).toEqual([
      {
        path: `spec.template.metadata.annotations["${apparmor}"]`,
        message:
          "the annotation switches AppArmor off. Whoever breaks into such a container gets further than into its own processes. Use appArmorProfile.type: RuntimeDefault.",
      },
    ]);
  });
});
