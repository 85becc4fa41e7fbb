import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { parse } from "yaml";
import { clusterFiles, ownershipOf, readRecord } from "../../local/cluster/files.ts";
import { type Cluster, startCluster, stopCluster } from "../../local/cluster/index.ts";
import { type OwnProcess, ownProcesses } from "../../local/cluster/processes.ts";
import { components } from "../../local/cluster/settings.ts";
import type { Report } from "../../local/report.ts";
import { clusterTools } from "./cluster-tools.ts";

const tools = await clusterTools();

const root = mkdtempSync(join(tmpdir(), "cluster test "));
const messages: string[] = [];
const report: Report = { step: (message) => messages.push(message), detail: () => {} };
const args = { stateDir: join(root, "main"), name: "main", tools, report, delayScale: 0.1 };
const files = clusterFiles(args);
let cluster: Cluster;

async function kubectl(argv: readonly string[], input?: string): Promise<string> {
  const running = promisify(execFile)(tools.kubectl, ["--kubeconfig", cluster.kubeconfig, ...argv], {
    env: { HOME: root, PATH: process.env.PATH },
  });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

const apply = (manifest: string) => kubectl(["apply", "-f", "-"], manifest);
const processesOf = (of = files) => ownProcesses(ownershipOf(of, readRecord(of)));

async function processOf(role: string): Promise<OwnProcess> {
  const found = (await processesOf()).find((one) => one.role === role);
  if (!found) throw new Error(`no ${role} runs`);
  return found;
}

/** Waits until `probe` gives something. */
async function eventually<T>(what: string, probe: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(20)) {
    const value = await probe();
    if (value !== undefined) return value;
  }
  throw new Error(`not within a minute: ${what}`);
}

beforeAll(async () => {
  cluster = await startCluster(args);
});

afterAll(async () => {
  await stopCluster(args);
  rmSync(root, { recursive: true, force: true });
});

test("a started cluster is fresh, and returned as it is when asked for again", async () => {
  expect(cluster).toMatchObject({ name: "main", context: "main", fresh: true, kubeconfig: files.kubeconfig });
  const before = (await processesOf()).map(({ pid }) => pid);
  expect(await startCluster(args)).toEqual({ ...cluster, fresh: false });
  expect((await processesOf()).map(({ pid }) => pid)).toEqual(before);
  expect(before).toHaveLength(components.length);
});

test("Deployments, StatefulSets with claims and Jobs come up; a claim of an unknown class does not", async () => {
  const pod = (image: string, more = "") =>
    `{metadata: {labels: {app: x}}, spec: {${more} containers: [{name: c, image: "${image}", readinessProbe: {tcpSocket: {port: 1}, periodSeconds: 1}}]}}`;
  const claim = (name: string, storageClass: string) =>
    `{metadata: {name: ${name}}, spec: {accessModes: [ReadWriteOnce], ${storageClass} resources: {requests: {storage: 1Gi}}}}`;
  await apply(`
apiVersion: v1
kind: Namespace
metadata: {name: demo}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: demo}
spec: {replicas: 3, selector: {matchLabels: {app: x}}, template: ${pod("r.example/web:1", "initContainers: [{name: i, image: b}],")}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: demo}
spec:
  serviceName: db
  selector: {matchLabels: {app: x}}
  template: ${pod("postgres:17")}
  volumeClaimTemplates: [${claim("data", "")}, ${claim("more", "storageClassName: longhorn-replicated,")}]
---
apiVersion: batch/v1
kind: Job
metadata: {name: once, namespace: demo}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: postgres}]}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
${claim("unknown", "storageClassName: unknown,").slice(1, -1).replace(", spec:", "\nspec:").replace("name: unknown", "name: unknown, namespace: demo")}
`);
  await kubectl(["-n", "demo", "wait", "--for=condition=Available", "deploy/web", "--timeout=60s"]);
  await kubectl(["-n", "demo", "rollout", "status", "sts/db", "--timeout=60s"]);
  await kubectl(["-n", "demo", "wait", "--for=condition=Complete", "job/once", "--timeout=60s"]);
  const phases = await kubectl(["-n", "demo", "get", "pvc", "-o", "jsonpath={.items[*].status.phase}"]);
  expect(phases.split(" ").sort()).toEqual(["Bound", "Bound", "Pending"]);
});

test("DaemonSets come up on every node, whatever their probes, and CronJobs end", async () => {
  await apply(`
apiVersion: v1
kind: Namespace
metadata: {name: kinds}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: shipper, namespace: kinds}
spec:
  selector: {matchLabels: {app: shipper}}
  template:
    metadata: {labels: {app: shipper}}
    spec:
      containers:
        - {name: a, image: a, startupProbe: {exec: {command: ["true"]}, periodSeconds: 1}, livenessProbe: {exec: {command: ["true"]}}}
        - {name: b, image: b, startupProbe: {tcpSocket: {port: 1}, periodSeconds: 1}, readinessProbe: {grpc: {port: 2}, periodSeconds: 1}}
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: often, namespace: kinds}
spec:
  schedule: "0 0 1 1 *"
  jobTemplate:
    spec: {template: {spec: {restartPolicy: Never, initContainers: [{name: i, image: postgres}], containers: [{name: c, image: c}]}}}
`);
  await kubectl(["-n", "kinds", "create", "job", "now", "--from=cronjob/often"]);
  await kubectl(["-n", "kinds", "rollout", "status", "daemonset/shipper", "--timeout=60s"]);
  await kubectl(["-n", "kinds", "wait", "--for=condition=Complete", "job/now", "--timeout=60s"]);
  const placed = ["get", "pods", "--selector=app=shipper", "-o", "jsonpath={.items[*].spec.nodeName}"];
  const names = await kubectl(["-n", "kinds", ...placed]);
  expect(names.split(" ").sort()).toEqual(["node-a", "node-b", "node-c"]);
});

test("admission is real: Pod Security and quotas refuse", async () => {
  await apply(`
apiVersion: v1
kind: Namespace
metadata: {name: strict, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: Namespace
metadata: {name: full}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: none, namespace: full}
spec: {hard: {pods: "0"}}
`);
  const run = (namespace: string) => kubectl(["-n", namespace, "run", "x", "--image=x", "--privileged"]);
  await expect(run("strict")).rejects.toThrow(/violates PodSecurity "restricted/);
  await expect(run("full")).rejects.toThrow(/exceeded quota|status unknown for quota/);
});

test("the audit log tells when a pod became ready, and holds no secret", async () => {
  await kubectl(["create", "secret", "generic", "s", "--from-literal=k=not-to-be-logged"]);
  const log = await eventually("the secret's creation in the log", () => {
    const text = readFileSync(cluster.auditLog, "utf8");
    return text.includes('"resource":"secrets","namespace":"default","name":"s"') ? text : undefined;
  });
  expect(log).toMatch(
    /"resource":"pods","namespace":"demo","name":"db-0".*"subresource":"status".*"type":"Ready"/,
  );
  expect(log).not.toContain(Buffer.from("not-to-be-logged").toString("base64"));
});

test.each(["etcd", "kube-controller-manager"])(
  "a cluster whose %s was killed is restarted with its objects",
  async (role) => {
    await kubectl(["create", "configmap", `keep-${role}`]);
    process.kill((await processOf(role)).pid, "SIGKILL");
    await eventually(`the end of ${role}`, async () =>
      (await processesOf()).some((one) => one.role === role) ? undefined : true,
    );
    expect((await startCluster(args)).fresh).toBe(false);
    expect(messages.at(-1)).toBe(
      `Restarting the local cluster main, as ${role} ended; its objects are kept.`,
    );
    await kubectl(["get", "configmap", `keep-${role}`]);
    const name = `after-${role}`;
    await kubectl(["create", "deployment", name, "--image=x"]);
    await kubectl(["wait", "--for=condition=Available", `deploy/${name}`, "--timeout=60s"]);
  },
);

test("after a loss of all processes, a port and pid files that mean others now are left alone", async () => {
  const port = Number(new URL(cluster.server).port);
  for (const { pid } of await processesOf()) process.kill(pid, "SIGKILL");
  await eventually("no process", async () => ((await processesOf()).length === 0 ? true : undefined));
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  const pids = join(files.home, "pids");
  for (const name of readdirSync(pids)) writeFileSync(join(pids, name), String(stranger.pid));
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  try {
    cluster = await startCluster(args);
    expect(cluster.fresh).toBe(false);
    expect(cluster.server).not.toBe(`https://127.0.0.1:${port}`);
    await kubectl(["get", "configmap", "keep-etcd"]);
    expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  } finally {
    await new Promise((resolve) => server.close(resolve));
    stranger.kill();
  }
});

const helper = `
const [module, json] = process.argv.slice(1);
const { startCluster } = await import(module);
await startCluster({ ...JSON.parse(json), report: { step() {}, detail() {} } });
`;

/** Starts a cluster in another process, and sends that a signal when the component runs. */
async function cutOff(other: { stateDir: string; name: string }, role: string, signal: NodeJS.Signals) {
  const module = new URL("../../local/cluster/index.ts", import.meta.url).href;
  const json = JSON.stringify({ stateDir: other.stateDir, name: other.name, tools });
  const creation = spawn(process.execPath, ["--input-type=module", "-e", helper, module, json], {
    stdio: "ignore",
  });
  await eventually(`a ${role}`, async () =>
    (await processesOf(clusterFiles(other))).some((one) => one.role === role) ? true : undefined,
  );
  creation.kill(signal);
  return await once(creation, "exit");
}

test.each(["etcd", "kube-apiserver", "kwok-controller"])(
  "a creation killed when %s had started is cleaned up",
  async (role) => {
    const other = { ...args, stateDir: join(root, "killed"), name: "killed" };
    await cutOff(other, role, "SIGKILL");
    expect(await stopCluster(other)).toBe(true);
    expect(await processesOf(clusterFiles(other))).toEqual([]);
    expect(existsSync(other.stateDir)).toBe(false);
  },
);

test("an interrupted creation ends what it has started; the next one makes the cluster anew", async () => {
  const other = { ...args, stateDir: join(root, "interrupted"), name: "interrupted" };
  for (const role of ["etcd", "kube-apiserver", "kwok-controller"]) {
    expect(await cutOff(other, role, "SIGINT")).toEqual([null, "SIGINT"]);
    expect(await processesOf(clusterFiles(other))).toEqual([]);
  }
  expect((await startCluster(other)).fresh).toBe(true);
  await stopCluster(other);
});

test("a cluster whose folder was deleted while it ran is ended, and the folder stays gone", async () => {
  const other = { ...args, stateDir: join(root, "deleted", "state"), name: "deleted" };
  await startCluster(other);
  rmSync(join(root, "deleted"), { recursive: true });
  expect(await stopCluster(other)).toBe(true);
  expect(await processesOf(clusterFiles(other))).toEqual([]);
  expect(await stopCluster(other)).toBe(false);
  expect(existsSync(join(root, "deleted"))).toBe(false);
});

test("a second cluster runs beside the first, and stopping it leaves the first alone", async () => {
  const second = { ...args, stateDir: join(root, "second"), name: "main" };
  const { server } = await startCluster(second);
  expect(server).not.toBe(cluster.server);
  await stopCluster(second);
  await stopCluster(second);
  expect(existsSync(second.stateDir)).toBe(false);
  expect(readdirSync(root)).not.toContain("second");
  expect(await processesOf()).toHaveLength(components.length);
  await kubectl(["get", "--raw", "/readyz"]);
});

test("a component that cannot start is named, with the end of its log", async () => {
  const broken = {
    ...args,
    stateDir: join(root, "broken"),
    tools: { ...tools, etcd: tools["kube-scheduler"] },
  };
  try {
    await expect(startCluster(broken)).rejects.toThrow(
      /etcd of the local cluster ended while it started\.\nThe end of its log/,
    );
    expect(await processesOf(clusterFiles(broken))).toEqual([]);
  } finally {
    await stopCluster(broken);
  }
});

test("the kubeconfig is the owner's alone and names one context", () => {
  const config = parse(readFileSync(cluster.kubeconfig, "utf8")) as { contexts: { name: string }[] };
  expect(config.contexts.map(({ name }) => name)).toEqual(["main"]);
});
