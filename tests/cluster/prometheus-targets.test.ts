import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Cluster, startCluster, stopCluster } from "../../local/cluster/index.ts";
import { root } from "../../local/paths.ts";
import { terminalReport } from "../../local/report.ts";
import { ensureTools } from "../../local/toolchain/index.ts";
import { clusterTools } from "../local/cluster-tools.ts";
import { freePort, ServerProcess } from "../services/server-process.ts";
import { StackInCluster } from "./prometheus-stack.ts";

/** What stack dev offers: job, namespace, workload and name of the port. Written down, not computed. */
const expected = [
  ...["api-gateway", "tsn-verification", "opcua-verification", "onem2m-verification"].map(service),
  ...["wot-verification", "matter-verification"].map(service),
  system("alertmanager", "http-metrics"),
  system("blackbox-exporter", "http-metrics"),
  system("elasticsearch-exporter", "metrics"),
  system("grafana", "http-metrics"),
  system("jaeger", "metrics"),
  system("kube-state-metrics", "metrics"),
  system("kube-state-metrics", "self-metrics"),
  system("object-storage", "metrics"),
  system("postgresql-exporter", "metrics"),
  system("prometheus", "http-metrics"),
  system("redis-exporter", "metrics"),
  "probes iot-verification api-gateway http://api-gateway.iot-verification.svc.cluster.local:80/ready",
  "probes iot-verification elasticsearch elasticsearch.iot-verification.svc.cluster.local:9200",
  "probes iot-verification kibana kibana.iot-verification.svc.cluster.local:5601",
  "probes iot-verification logstash logstash.iot-verification.svc.cluster.local:5044",
  "probes iot-verification object-storage object-storage.iot-verification.svc.cluster.local:9000",
];

function service(workload: string): string {
  return `iot-verification-services iot-verification ${workload} metrics`;
}

function system(workload: string, port: string): string {
  return `iot-verification-systems iot-verification ${workload} ${port}`;
}

const report = terminalReport();
const directory = mkdtempSync(join(tmpdir(), "iot-verification-targets-"));
const args = { stateDir: directory, name: "targets", report, delayScale: 0.05 };
let cluster: Cluster;
let stack: StackInCluster;
let prometheus: ServerProcess;
let url: string;

beforeAll(async () => {
  const tools = await clusterTools();
  cluster = await startCluster({ ...args, tools });
  stack = new StackInCluster({ kubectl: tools.kubectl, kubeconfig: cluster.kubeconfig });
  await stack.create(await rendered(join(directory, "rendered")));
  await stack.addStrangers();
  const files = await configurationFor(join(directory, "prometheus"));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const program = (await ensureTools(["prometheus"], report)).prometheus.path;
  prometheus = new ServerProcess({
    file: program,
    argv: [
      `--config.file=${files}/prometheus.yml`,
      `--storage.tsdb.path=${files}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    env: { PATH: process.env.PATH },
    dir: files,
    ready: /Server is ready to receive web requests/,
    stopSignal: "SIGTERM",
  });
  await prometheus.start();
}, 1_800_000);

afterAll(async () => {
  await prometheus?.remove();
  await stopCluster(args);
  rmSync(directory, { recursive: true, force: true });
});

describe("Prometheus with the stack's configuration and its account's token", () => {
  test("finds what offers metrics, and nothing else", async () => {
    const nodes = await stack.names("nodes");
    const all = [
      ...expected,
      ...nodes.flatMap((node) => [`kubelet  kubelet ${node}`, `cadvisor  kubelet ${node}`]),
    ];
    await expect
      .poll(async () => [...new Set((await targets()).map(named))].sort(), { timeout: 60_000 })
      .toEqual(all.sort());
  });

  test("finds every pod of what it finds", async () => {
    const pods = (await targets()).map(({ labels }) => labels.pod).filter((pod) => pod !== undefined);
    const workloads = new Set(
      expected.filter((line) => !line.startsWith("probes")).map((line) => line.split(" ")[2]),
    );
    const running = (await stack.pods())
      .filter(({ workload }) => workloads.has(workload))
      .map(({ name }) => name);
    expect(running.length).toBeGreaterThanOrEqual(workloads.size);
    expect([...new Set(pods)].sort()).toEqual(running.sort());
  });

  test("evaluates every rule without an error", async () => {
    const health = async () => {
      const { groups } = await ask<{
        groups: { rules: { name: string; health: string; lastError?: string }[] }[];
      }>("rules");
      return groups.flatMap(({ rules }) => rules).filter((rule) => rule.health !== "ok");
    };
    await expect.poll(health, { timeout: 90_000 }).toEqual([]);
  });

  test("may ask the API server for that alone", async () => {
    expect(await stack.may("list", "pods", "iot-verification")).toBe(true);
    expect(await stack.may("list", "pods", "iot-verification-logs")).toBe(true);
    expect(await stack.may("list", "nodes")).toBe(true);
    expect(await stack.may("get", "nodes/metrics")).toBe(true);
    expect(await stack.may("list", "pods", "default")).toBe(false);
    expect(await stack.may("get", "secrets", "iot-verification")).toBe(false);
    expect(await stack.may("get", "nodes/proxy")).toBe(false);
  });
});

interface Target {
  readonly labels: Readonly<Record<string, string>>;
}

async function targets(): Promise<readonly Target[]> {
  return (await ask<{ activeTargets: Target[] }>("targets?state=active")).activeTargets;
}

async function ask<Data>(what: string): Promise<Data> {
  const response = await fetch(`${url}/api/v1/${what}`);
  return ((await response.json()) as { data: Data }).data;
}

function named({ labels: { job, namespace = "", workload, pod, instance = "" } }: Target): string {
  const what = pod === undefined ? instance : instance.slice(pod.length + 1);
  return `${job} ${namespace} ${workload} ${what}`;
}

/** Renders stack dev. @returns the folder of its objects */
async function rendered(folder: string): Promise<string> {
  await promisify(execFile)(
    process.execPath,
    [join(root, "local", "main.ts"), "render", "dev", "--out", folder],
    {
      cwd: root,
    },
  );
  return join(folder, "objects");
}

/**
 * The stack's configuration for a Prometheus that is no pod: it must be told where the API server is, and finds files
 * elsewhere. @returns the folder of all files
 */
async function configurationFor(folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const content = await stack.configuration("prometheus-configuration");
  for (const [name, text] of Object.entries(content)) writeFileSync(join(folder, name), text);
  const kubeconfig = parse(readFileSync(cluster.kubeconfig, "utf8"));
  const { "certificate-authority": file, "certificate-authority-data": data } =
    kubeconfig.clusters[0].cluster;
  writeFileSync(join(folder, "ca.crt"), data ? Buffer.from(data, "base64") : readFileSync(file));
  writeFileSync(join(folder, "token"), await stack.token("prometheus"));
  const api = {
    api_server: cluster.server,
    authorization: { type: "Bearer", credentials_file: join(folder, "token") },
    tls_config: { ca_file: join(folder, "ca.crt") },
  };
  const configuration = JSON.parse(content["prometheus.yml"] ?? "");
  configuration.rule_files = [`${folder}/rules-*.yml`];
  for (const job of configuration.scrape_configs) {
    if (job.authorization) job.authorization.credentials_file = join(folder, "token");
    for (const discovery of job.kubernetes_sd_configs ?? []) Object.assign(discovery, api);
  }
  writeFileSync(join(folder, "prometheus.yml"), JSON.stringify(configuration));
  return folder;
}
