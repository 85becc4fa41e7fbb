/**
 * The node's own program: started with the node's configuration file in namespaces of its own, it makes them a node, and
 * runs and restarts what runs there. Its end is the end of the namespaces, and so of all that is in them.
 */
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { isReady, readAdmin } from "../api.ts";
import { buildKubeconfig } from "../kubeconfig.ts";
import { cniConfig, containerdConfig } from "./containerd.ts";
import { corefile, dnsFiles } from "./dns.ts";
import { forward } from "./forward.ts";
import { serveGateway } from "./gateway.ts";
import { kubeletArguments, kubeletConfig } from "./kubelet.ts";
import { arrangeMounts, chooseSnapshotter } from "./namespaces.ts";
import { connectNode, judgement, masquerade, proxyConfig } from "./network.ts";
import {
  apiEndpointPort,
  type Daemon,
  inside,
  type NodeConfig,
  nodeInterface,
  policyQueue,
  realNode,
  snapshotterFile,
} from "./settings.ts";
import { keepFolders } from "./volumes.ts";

const config = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as NodeConfig;
const { tools } = config;
const admin = {
  ...readAdmin({ pki: config.pki, port: config.apiPort }),
  server: `https://${config.nodeAddress}:${apiEndpointPort}`,
};
const environment = { PATH: [tools.bin, process.env.PATH].join(delimiter), HOME: "/run" };

/** Milliseconds. A program that ends more than `maxRestarts` times within the window ends the node. */
const restartWindow = 60_000;
const maxRestarts = 5;
const patience = 60_000;

/** @param name absolute, or below the node's folder */
function write(name: string, text: string): string {
  const file = resolve(inside.home, name);
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + patience; !(await holds()); await delay(50)) {
    if (Date.now() > deadline) throw new Error(`${what} was not there after ${patience / 1000} s.`);
  }
}

/** Runs a program as long as the node lives. */
function keepRunning(name: Daemon, file: string, argv: readonly string[]): void {
  const log = openSync(join(inside.home, "logs", `${name}.log`), "a", 0o600);
  let ends: number[] = [];
  const start = () => {
    const child = spawn(file, [...argv], { env: environment, stdio: ["ignore", log, log], cwd: "/" });
    const ended = (how: string) => {
      console.error(`${name} ended (${how})`);
      ends = [...ends.filter((time) => time > Date.now() - restartWindow), Date.now()];
      if (ends.length > maxRestarts) {
        console.error(`${name} ended ${ends.length} times within ${restartWindow / 1000} s: the node ends.`);
        process.exit(1);
      }
      setTimeout(start, 500);
    };
    child.once("error", ({ message }) => ended(message));
    child.once("exit", (code, signal) => ended(String(code ?? signal)));
  };
  start();
}

arrangeMounts(config.home);
// Of an earlier start, perhaps with other certificates; the kubelet asks for its own again.
for (const old of ["kubeconfig", "pki", "cpu_manager_state", "memory_manager_state"]) {
  rmSync(join(inside.kubelet, old), { recursive: true, force: true });
}
const snapshotter = chooseSnapshotter();
// For who imports images.
write(snapshotterFile, snapshotter);
const containerdFile = write(
  "containerd.toml",
  containerdConfig({
    snapshotter,
    cniPlugins: tools.cniPlugins,
    cniConfigDir: join(inside.home, "cni"),
  }),
);
write("cni/10-pods.conflist", JSON.stringify(cniConfig));
const kubeconfig = write("kubeconfig", buildKubeconfig({ name: "node", admin }));
const kubeletFile = write("kubelet.yaml", stringify(kubeletConfig(config)));
const proxyFile = write("kube-proxy.yaml", stringify(proxyConfig(config, kubeconfig)));
const masqueradeFile = write("masquerade.nft", masquerade);
const judgementFile = write("judgement.iptables", judgement);
mkdirSync(inside.manifests, { recursive: true });
write(join(inside.dns, dnsFiles.corefile), corefile);
write(join(inside.dns, dnsFiles.kubeconfig), buildKubeconfig({ name: "node", admin }));

keepRunning("containerd", join(tools.bin, "containerd"), ["--config", containerdFile]);
await until("The line to the machine", hasInterface);
for (const argv of connectNode(config)) execFileSync(join(tools.bin, "ip"), argv);
execFileSync(join(tools.bin, "nft"), ["--file", masqueradeFile]);
execFileSync(join(tools.bin, "iptables-restore"), ["--noflush", judgementFile], { env: environment });
await forward({
  listen: { host: config.nodeAddress, port: apiEndpointPort },
  target: () => ({ host: config.hostAddress, port: config.apiPort }),
});
await until("The API server", () => isReady(admin));
keepRunning("kube-proxy", tools["kube-proxy"], ["--config", proxyFile]);
keepRunning("kube-network-policies", tools["kube-network-policies"], [
  `--kubeconfig=${kubeconfig}`,
  `--node=${realNode.name}`,
  `--queue=${policyQueue}`,
]);
await until("containerd", () => existsSync(inside.containerdSocket));
keepRunning(
  "kubelet",
  tools.kubelet,
  kubeletArguments(config, { config: kubeletFile, bootstrap: kubeconfig }),
);
await serveGateway({
  admin,
  listen: { host: config.nodeAddress, port: config.gatewayPort },
  service: config.gatewayService,
});
await keepFolders(admin);

/** An interface that is down is not among those that Node.js tells. */
function hasInterface(): boolean {
  return readFileSync("/proc/net/dev", "utf8").includes(`${nodeInterface}:`);
}
