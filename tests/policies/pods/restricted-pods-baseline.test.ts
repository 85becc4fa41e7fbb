import { describe, expect, test } from "vitest";
import { restrictedPods } from "../../../policies/pods/restricted-pods.ts";
import { type Changes, each, object, violationsIn } from "../fixtures.ts";

const podContext = "securityContext";
const context = "containers.0.securityContext";

const found = (changes: Changes, level?: string) =>
  violationsIn(restrictedPods, object("Pod", changes), level && { level }).map(({ path }) => path);

describe("what only restricted refuses goes through at baseline", () => {
  test.each<[string, Changes]>([
    ["no word about root", { [`${podContext}.runAsNonRoot`]: undefined }],
    ["root", { [`${podContext}.runAsNonRoot`]: false, [`${context}.runAsUser`]: 0 }],
    ["no filter of system calls", { [`${podContext}.seccompProfile`]: undefined }],
    ["no security context at all", { [podContext]: undefined, ...each("securityContext", undefined) }],
    ["escalation", { [`${context}.allowPrivilegeEscalation`]: true }],
    ["capabilities that are kept", { [`${context}.capabilities`]: undefined }],
    ["a network volume", { volumes: [{ name: "x", nfs: { server: "s" } }] }],
    [
      "an open /proc in a user namespace of the pod's own",
      { hostUsers: false, [`${context}.procMount`]: "Unmasked" },
    ],
    [
      "every capability that containers have anyway",
      {
        [`${context}.capabilities.add`]: [
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
        ],
      },
    ],
  ])("%s", (_, changes) => {
    expect(found(changes, "baseline")).toEqual([]);
    expect(found(changes, "restricted")).not.toEqual([]);
    expect(found(changes)).toEqual(found(changes, "restricted"));
  });
});

describe("what baseline refuses is refused at both", () => {
  test.each<[string, Changes, string]>([
    ["the node's network", { hostNetwork: true }, "hostNetwork"],
    [
      "an unsafe sysctl",
      { [`${podContext}.sysctls`]: [{ name: "kernel.msgmax" }] },
      "securityContext.sysctls",
    ],
    [
      "AppArmor switched off",
      { [`${podContext}.appArmorProfile`]: { type: "Unconfined" } },
      "securityContext.appArmorProfile.type",
    ],
    [
      "an SELinux user",
      { [`${context}.seLinuxOptions`]: { user: "root" } },
      "containers[0].securityContext.seLinuxOptions",
    ],
    [
      "filters switched off by the pod",
      {
        [`${podContext}.seccompProfile`]: { type: "Unconfined" },
        ...each("securityContext.seccompProfile", { type: "Localhost" }),
      },
      "securityContext.seccompProfile.type",
    ],
    [
      "filters switched off by a container",
      { [`${context}.seccompProfile`]: { type: "Unconfined" } },
      "containers[0].securityContext.seccompProfile.type",
    ],
    ["privileges", { [`${context}.privileged`]: true }, "containers[0].securityContext.privileged"],
    ["an open /proc", { [`${context}.procMount`]: "Unmasked" }, "containers[0].securityContext.procMount"],
    [
      "a capability beyond the usual ones",
      { [`${context}.capabilities.add`]: ["CHOWN", "SYS_TIME"] },
      "containers[0].securityContext.capabilities.add",
    ],
    ["a directory of the node", { volumes: [{ name: "x", hostPath: { path: "/" } }] }, "volumes[0].hostPath"],
    ["a port of the node", { "containers.0.ports.0.hostPort": 80 }, "containers[0].ports[0].hostPort"],
    [
      "a probe of another host",
      { "containers.0.livenessProbe.httpGet.host": "h" },
      "containers[0].livenessProbe.httpGet.host",
    ],
  ])("%s", (_, changes, path) => {
    expect(found(changes, "baseline")).toEqual([`spec.${path}`]);
    expect(found(changes, "restricted")).toEqual([`spec.${path}`]);
  });
});

test("Windows excuses from controls of restricted only", () => {
  const windows = { os: { name: "windows" } };
  const seccomp = { ...windows, [`${context}.seccompProfile`]: { type: "Unconfined" } };
  const added = { ...windows, [`${context}.capabilities.add`]: ["SYS_TIME"] };
  for (const changes of [seccomp, added]) {
    expect(found(changes, "baseline")).toHaveLength(1);
    expect(found(changes, "restricted")).toEqual([]);
  }
});

test("messages name what the level allows", () => {
  const messages = (changes: Changes, level: string) =>
    violationsIn(restrictedPods, object("Pod", changes), { level }).map(({ message }) => message);
  const added = { [`${context}.capabilities.add`]: ["CHOWN", "SYS_TIME"] };
  expect(messages(added, "baseline")[0]).toMatch(
    /main adds SYS_TIME\. .* Only AUDIT_WRITE, .*, SYS_CHROOT may be added\.$/,
  );
  expect(messages(added, "restricted")[0]).toMatch(
    /main adds CHOWN, SYS_TIME\. .* Only NET_BIND_SERVICE may be added\.$/,
  );
  const mounted = { volumes: [{ name: "x", hostPath: { path: "/" } }] };
  expect(messages(mounted, "baseline")[0]).toMatch(/^volume x is a directory of the node\. /);
});

test("a host port of no number is not repeated", () => {
  const [violation] = violationsIn(
    restrictedPods,
    object("Pod", { "containers.0.ports.0.hostPort": "hunter2" }),
  );
  expect(violation?.message).toMatch(/^container main takes a port of its node\. /);
});
