/** The network policies of a stack, tried by real connections between real pods. */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { selectorLabels } from "../../components/foundation/labels.ts";
import { placeOf, podPorts, portOf, type Workload } from "../../components/networking/endpoints.ts";
import { flowsOf } from "../../components/networking/graph.ts";
import { denyAll, workloadPolicies } from "../../components/networking/policies.ts";
import { network } from "../../config/sections/network.ts";
import { peersOf } from "../../config/slices/networking.ts";
import { clusterFiles, readRecord } from "../../local/cluster/files.ts";
import { nodeObstacle } from "../../local/cluster/form.ts";
import { type Cluster, startCluster, stopCluster } from "../../local/cluster/index.ts";
import type { Report } from "../../local/report.ts";
import { serverImage } from "../local/cluster-node-image.ts";
import { clusterTools, nodeTools } from "../local/cluster-tools.ts";

const namespaces = { platform: "iot-verification", shipper: "iot-verification-logs" };
/** A pod of nobody's, in a namespace without policies: one of those who may call the gateway. */
const stranger = "stranger";
/** Parts of the platform with flows of every kind: between its pods, across its namespaces, from and to those outside. */
const workloads: readonly Workload[] = [
  "api-gateway",
  "tsn-verification",
  "postgresql",
  "redis",
  "jaeger",
  "prometheus",
  "postgresql-exporter",
  "logstash",
  "filebeat",
];
const parties: readonly (Workload | typeof stranger)[] = [...workloads, stranger];
const flows = flowsOf({
  objectStorage: "versitygw",
  metricsServer: false,
  alertReceivers: false,
  traces: "jaeger",
  jaeger: "all-in-one",
  logs: "embedded",
  metrics: "embedded",
});

const namespaceOf = (party: Workload | typeof stranger) =>
  party === stranger ? "default" : namespaces[placeOf(party)];
const portsOf = (party: Workload | typeof stranger) =>
  party === stranger ? [] : Object.values(podPorts.get(party) ?? {});

/** What one party may connect to, as `WORKLOAD PORT`. */
function permitted(source: Workload | typeof stranger): string[] {
  const opened = flows.flatMap(({ from, to, port }) => {
    const isIts = from === source || (from === "gatewayClients" && source === stranger);
    const target = workloads.find((workload) => workload === to && workload !== source);
    return isIts && target ? [`${target} ${portOf(target, port)}`] : [];
  });
  return [...new Set(opened)].sort();
}

const image = "registry.example/server:1";
const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};

/** A pod that answers on every port of the workload that it has the name of. */
function podOf(party: Workload | typeof stranger) {
  const server = (port: number) => ({
    name: `port-${port}`,
    image,
    command: ["/bin/httpd", "-f", "-p", String(port), "-h", "/www"],
    // The kubelet's probes come from the node, whatever the policies say.
    readinessProbe: { httpGet: { port, path: "/version" }, periodSeconds: 1 },
    resources: { limits: { memory: "32Mi" } },
    securityContext: restricted,
  });
  const ports = portsOf(party);
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: party, namespace: namespaceOf(party), labels: selectorLabels(party) },
    spec: {
      terminationGracePeriodSeconds: 1,
      automountServiceAccountToken: false,
      securityContext: { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } },
      containers: (ports.length > 0 ? ports : [8080]).map(server),
    },
  };
}

const policy = (name: string, namespace: string, spec: object) => ({
  apiVersion: "networking.k8s.io/v1",
  kind: "NetworkPolicy",
  metadata: { name, namespace },
  spec,
});

/** Everything but the pods: they come into namespaces that are fenced already. */
const fences = [
  ...Object.values(namespaces).map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })),
  ...Object.values(namespaces).map((name) => policy("default-deny", name, denyAll)),
  ...workloadPolicies({ flows, peers: peersOf(network.parse({})), namespaces }).map(
    ({ workload, place, spec }) => policy(workload, namespaces[place], spec),
  ),
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "api-gateway", namespace: namespaces.platform },
    spec: { selector: selectorLabels("api-gateway"), ports: [{ port: 80, targetPort: 8080 }] },
  },
];

const obstacle = await nodeObstacle();
if (obstacle) test("nothing runs here, and it is said why", () => expect(obstacle).toMatch(/\S/));
else describe("between real pods", betweenRealPods);

function betweenRealPods() {
  const root = mkdtempSync(join(tmpdir(), "reachability-"));
  const report: Report = { step: () => {}, detail: () => {} };
  const place = { stateDir: join(root, "state"), name: "reachability", report };
  let cluster: Cluster;
  let kubectl: (...argv: string[]) => Promise<string>;
  const addresses = new Map<string, string>();

  /** Runs commands in a pod. */
  const within = (party: Workload | typeof stranger, commands: string) =>
    kubectl("exec", party, "--namespace", namespaceOf(party), "--", "sh", "-c", commands);

  /** Which of some places, as `ADDRESS PORT`, a pod can connect to. All are tried at once: those refused give no answer. */
  async function reached(party: Workload | typeof stranger, places: readonly string[]): Promise<string[]> {
    const tries = places.map((to) => `{ nc -w 3 ${to} </dev/null >/dev/null 2>&1 && echo ${to}; } &`);
    const said = await within(party, `${tries.join("\n")}\nwait`);
    return said.split("\n").filter(Boolean).sort();
  }

  beforeAll(async () => {
    const tools = await clusterTools();
    const served = await serverImage({
      reference: image,
      version: "1",
      folder: join(root, "images"),
      report,
    });
    const form = { name: "node", tools: await nodeTools(), images: [served] } as const;
    cluster = await startCluster({ ...place, tools, form });
    const options = { env: { HOME: root }, maxBuffer: 2 ** 24 };
    kubectl = async (...argv) => {
      const all = ["--kubeconfig", cluster.kubeconfig, ...argv];
      return (await promisify(execFile)(tools.kubectl, all, options)).stdout;
    };
    const apply = async (items: readonly object[]) => {
      const applied = promisify(execFile)(
        tools.kubectl,
        ["--kubeconfig", cluster.kubeconfig, "apply", "--filename", "-"],
        options,
      );
      applied.child.stdin?.end(JSON.stringify({ apiVersion: "v1", kind: "List", items }));
      await applied;
    };
    await apply(fences);
    await apply(parties.map(podOf));
    for (const party of parties) {
      const pod = [`pod/${party}`, "--namespace", namespaceOf(party)];
      await kubectl("wait", ...pod, "--for=condition=Ready", "--timeout=120s");
      addresses.set(party, await kubectl("get", ...pod, "--output=jsonpath={.status.podIP}"));
    }
  });
  afterAll(async () => {
    await stopCluster(place);
    rmSync(root, { recursive: true, force: true });
  });

  it.each(parties)("%s reaches whom the graph says, and nobody else", async (source) => {
    const others = workloads.filter((workload) => workload !== source);
    const names = new Map(
      others.flatMap((to) => portsOf(to).map((port) => [`${addresses.get(to)} ${port}`, `${to} ${port}`])),
    );
    const open = await reached(source, [...names.keys()]);
    expect(open.map((to) => names.get(to)).sort()).toEqual(permitted(source));
  });

  it("has enough of both kinds in what was tried", () => {
    const tried = parties.flatMap((source) =>
      workloads.filter((to) => to !== source).flatMap((to) => portsOf(to)),
    );
    const declared = parties.flatMap(permitted);
    expect(declared.length).toBeGreaterThanOrEqual(12);
    expect(tried.length - declared.length).toBeGreaterThanOrEqual(50);
  });

  it("lets those ask for names who call somebody by name", async () => {
    const question = "nslookup api-gateway.iot-verification.svc.cluster.local | grep -A1 ^Name";
    const service = ["service/api-gateway", "--namespace", namespaces.platform];
    const address = await kubectl("get", ...service, "--output=jsonpath={.spec.clusterIP}");
    expect(await within("tsn-verification", question)).toContain(address);
    expect(await reached("tsn-verification", ["10.96.0.10 53"])).toEqual(["10.96.0.10 53"]);
    expect(await reached("redis", ["10.96.0.10 53"])).toEqual([]);
  });

  it("lets Prometheus alone call the API server, by its Service, and the kubelet", async () => {
    const node = readRecord(clusterFiles(place))?.node?.nodeAddress;
    const places = [`${node} 10250`, `${node} 6443`, "10.96.0.1 443"];
    expect(await reached("prometheus", places)).toEqual([...places].sort());
    expect(await reached("api-gateway", places)).toEqual([]);
  });

  it("leads from the machine to the gateway", async () => {
    expect(await (await fetch(`${cluster.gateway}/version`)).text()).toBe("1\n");
  });
}
