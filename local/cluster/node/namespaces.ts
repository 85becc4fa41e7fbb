import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inside } from "./settings.ts";

/**
 * What the kubelet sets for the whole machine at its start (pkg/kubelet/cm, setupKernelTunables). Inside the node, files
 * that say so already take the settings' place: the machine keeps its own.
 */
const machineSettings: Readonly<Record<string, string>> = {
  "vm/overcommit_memory": "1",
  "vm/panic_on_oom": "0",
  "kernel/panic": "10",
  "kernel/panic_on_oops": "1",
  "kernel/keys/root_maxkeys": "1000000",
  "kernel/keys/root_maxbytes": "25000000",
};

/** Folders in which containerd, the kubelet and CNI leave files whatever their configuration says. */
const writtenTo = ["/var/lib", "/var/log"];

function mount(...argv: string[]): void {
  execFileSync("mount", argv, { stdio: ["ignore", "ignore", "pipe"] });
}

/**
 * Turns the mount namespace that this process is alone in into the node's: what its programs write goes to the node's own
 * folder or to memory, and is gone with the namespace; everything else is the machine's.
 * @param home the node's folder among the cluster's files
 */
export function arrangeMounts(home: string): void {
  mount("-t", "tmpfs", "-o", "mode=0755", "tmpfs", "/run");
  mkdirSync(inside.home);
  mount("--bind", home, inside.home);
  for (const [index, folder] of writtenTo.entries()) {
    const [upper, work] = ["upper", "work"].map((name) => `/run/written/${index}/${name}`);
    for (const one of [upper, work]) mkdirSync(one ?? "", { recursive: true });
    mount("-t", "overlay", "-o", `lowerdir=${folder},upperdir=${upper},workdir=${work}`, "overlay", folder);
  }
  for (const [name, value] of Object.entries(machineSettings)) {
    const setting = `/proc/sys/${name}`;
    if (!existsSync(setting)) continue;
    const file = join("/run/settings", name.replaceAll("/", "."));
    mkdirSync("/run/settings", { recursive: true });
    writeFileSync(file, `${value}\n`);
    mount("--bind", file, setting);
  }
}

/** `overlayfs`, or `native` where the cluster's files lie on a file system that cannot be the upper one of an overlay. */
export function chooseSnapshotter(): "overlayfs" | "native" {
  const at = (name: string) => join(inside.home, "overlay-trial", name);
  for (const name of ["lower", "upper", "work", "merged"]) mkdirSync(at(name), { recursive: true });
  try {
    const options = `lowerdir=${at("lower")},upperdir=${at("upper")},workdir=${at("work")}`;
    mount("-t", "overlay", "-o", options, "overlay", at("merged"));
    execFileSync("umount", [at("merged")]);
    return "overlayfs";
  } catch {
    return "native";
  }
}
