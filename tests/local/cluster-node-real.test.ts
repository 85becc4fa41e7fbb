import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clusterFiles, ownershipOf, readRecord } from "../../local/cluster/files.ts";
import { nodeObstacle } from "../../local/cluster/form.ts";
import {
  type Cluster,
  type ClusterTools,
  chooseForm,
  existingCluster,
  type Form,
  type NodeImage,
  type NodeTools,
  startCluster,
  stopCluster,
} from "../../local/cluster/index.ts";
import { hierarchies } from "../../local/cluster/node/cgroups.ts";
import { identityOf } from "../../local/cluster/node/link.ts";
import { insideNode, type OwnProcess, ownProcesses } from "../../local/cluster/processes.ts";
import { nodeRoles } from "../../local/cluster/settings.ts";
import { listProcesses, type ProcessInfo } from "../../local/processes.ts";
import type { Report } from "../../local/report.ts";
import { serverImage } from "./cluster-node-image.ts";
import { clusterTools, nodeTools } from "./cluster-tools.ts";

const obstacle = await nodeObstacle();

test("the form that was chosen for this machine is one that it allows", async () => {
  const without = { kind: async () => "no Docker", node: nodeObstacle, simulated: async () => undefined };
  const chosen = await chooseForm({ obstacles: without });
  expect(chosen.form).toBe(obstacle ? "simulated" : "node");
  expect(chosen.says).toContain(obstacle ? `not node: ${obstacle}` : "not kind: no Docker");
  const forced = chooseForm({ wanted: "node", obstacles: without });
  if (obstacle) await expect(forced).rejects.toThrow(obstacle);
  else expect((await forced).form).toBe("node");
});

if (!obstacle) describe("a cluster with a real node", realNodeTests);

function realNodeTests() {
  const root = mkdtempSync(join(tmpdir(), "node test "));
  const messages: string[] = [];
  const report: Report = { step: (message) => messages.push(message), detail: () => {} };
  const place = { stateDir: join(root, "main"), name: "main", report };
  const files = clusterFiles(place);
  const reference = "registry.example/server:1";
  const pinned = "registry.example/pinned:1";
  let tools: ClusterTools;
  let real: NodeTools;
  let images: NodeImage[];
  let cluster: Cluster;
  let before: Traces;

  const formOf = (list = images): Form => ({ name: "node", tools: real, images: list });
  const start = (form = formOf()) => startCluster({ ...place, tools, form, delayScale: 0.1 });
  const processesOf = (of = files) => ownProcesses(ownershipOf(of, readRecord(of)));
  const image = (version: string, as = reference) =>
    serverImage({ reference: as, version, folder: join(root, "images"), report });

  async function kubectl(...argv: string[]): Promise<string> {
    const all = ["--kubeconfig", cluster.kubeconfig, "--namespace", "demo", ...argv];
    return (await promisify(execFile)(tools.kubectl, all, { env: { HOME: root, PATH: process.env.PATH } }))
      .stdout;
  }

  async function apply(objects: readonly object[]): Promise<void> {
    const argv = ["--kubeconfig", cluster.kubeconfig, "apply", "-f", "-"];
    const running = promisify(execFile)(tools.kubectl, argv, { env: { HOME: root } });
    running.child.stdin?.end(JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
    await running;
  }

  const available = (name: string) => kubectl("rollout", "status", name, "--timeout=90s");
  const nodesOf = async (app: string) =>
    (await kubectl("get", "pods", "-l", `app=${app}`, "-o", "jsonpath={.items[*].spec.nodeName}")).split(" ");
  /** Asks the server behind the gateway. */
  const ask = async (path: string) => {
    const answer = await fetch(`${cluster.gateway}/cgi-bin/${path}`);
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return (await answer.text()).trim();
  };

  /** What is there now and was not before, but for what other clusters of this machine have put there meanwhile. */
  function leftBehind(before: Traces, after: Traces): string[] {
    const states = ["main", "second", "killed", "interrupted", "deleted/state", "broken"];
    const ids = states.map((state) => identityOf(join(root, state, "cluster")));
    return after.things.filter((thing) => {
      const id = /(?:iv|iot-verification)-([0-9a-f]{8})$/.exec(thing)?.[1];
      return !before.things.includes(thing) && (id === undefined || ids.includes(id));
    });
  }

  /** kube-proxy learns of pods a moment after everyone else. */
  const gatewayGives = (version: string) =>
    eventually(`version ${version}`, async () =>
      (await ask("version").catch(() => "")) === version ? true : undefined,
    );

  beforeAll(async () => {
    tools = await clusterTools();
    real = await nodeTools();
    const { digest } = await image("one", pinned);
    images = [await image("one"), await image("one", `${pinned}@${digest}`)];
    before = traces(real);
    cluster = await start();
  });

  afterAll(async () => {
    await stopCluster(place);
    rmSync(root, { recursive: true, force: true });
  });

  test("is fresh, has four nodes of which one is real, and is returned as it is when asked for again", async () => {
    expect(cluster).toMatchObject({ name: "main", form: "node", fresh: true });
    expect(cluster.gateway).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const list = JSON.parse(await kubectl("get", "nodes", "-o", "json")) as {
      items: { metadata: { name: string }; status: { nodeInfo: { kubeletVersion: string } } }[];
    };
    const kubelets = list.items.map(({ metadata, status }) => [
      metadata.name,
      status.nodeInfo.kubeletVersion === "kwok",
    ]);
    expect(Object.fromEntries(kubelets)).toEqual({
      machine: false,
      "node-a": true,
      "node-b": true,
      "node-c": true,
    });
    const processes = (await processesOf()).map(({ pid }) => pid);
    expect(await start()).toEqual({ ...cluster, fresh: false });
    expect((await processesOf()).map(({ pid }) => pid)).toEqual(processes);
    const { form, gateway, kubeconfig, context } = cluster;
    expect(existingCluster(place)).toEqual({ form, gateway, kubeconfig, context });
  });

  test("the gateway says so while there is none", async () => {
    await expect(ask("version")).rejects.toThrow("503 The local cluster has no Service api-gateway");
  });

  test("pods whose images are there run, all others are played", async () => {
    await apply([
      {
        apiVersion: "v1",
        kind: "Namespace",
        metadata: { name: "demo", labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
      },
      workload("Deployment", "web", { containers: [server(reference)] }, { replicas: 2 }),
      workload("Deployment", "pinned", { containers: [server(images[1]?.reference ?? "")] }),
      workload("Deployment", "other", { containers: [server("registry.example/unknown:1")] }),
      workload("Deployment", "mixed", {
        initContainers: [{ ...server("registry.example/unknown:1"), name: "first", readinessProbe: null }],
        containers: [server(reference)],
      }),
      service("api-gateway", "web"),
      daemonSet("shipper", "registry.example/unknown:1"),
    ]);
    for (const name of ["web", "pinned", "other", "mixed"]) await available(`deployment/${name}`);
    expect(await nodesOf("web")).toEqual(["machine", "machine"]);
    expect(await nodesOf("pinned")).toEqual(["machine"]);
    for (const name of ["other", "mixed"]) expect((await nodesOf(name))[0]).toMatch(/^node-[abc]$/);
    await available("daemonset/shipper");
    expect((await nodesOf("shipper")).sort()).toEqual(["node-a", "node-b", "node-c"]);
  });

  test("the gateway, Services, names and the API server are reached, and nothing beyond", async () => {
    await gatewayGives("one");
    expect(await ask("whoami")).toMatch(/^web-\S+ 999 999$/);
    const address = await kubectl("get", "service", "api-gateway", "-o", "jsonpath={.spec.clusterIP}");
    expect(await ask("lookup?api-gateway.demo.svc.cluster.local")).toContain(address);
    expect(await ask("connect?api-gateway:80")).toBe("open");
    expect(await ask("connect?kubernetes.default:443")).toBe("open");
    expect(await ask("connect?192.0.2.7:80")).toBe("");
  });

  test("real pods reserve little, and ask no registry for their images", async () => {
    const container = { ...server(reference), imagePullPolicy: "Always" };
    const overrides = JSON.stringify({
      apiVersion: "v1",
      spec: { securityContext: restricted, containers: [container] },
    });
    const options = ["--image=x", "--dry-run=server", "--output=json", "--overrides", overrides];
    const [admitted] = JSON.parse(await kubectl("run", "server", ...options)).spec.containers;
    expect(admitted.resources.requests).toEqual({ cpu: "1m", memory: "1Mi", "ephemeral-storage": "1Mi" });
    expect(admitted.resources.limits).toEqual(container.resources.limits);
    expect(admitted.imagePullPolicy).toBe("IfNotPresent");
  });

  test("logs and commands of a real pod go through the API server", async () => {
    expect(await kubectl("exec", "deployment/web", "--", "cat", "/www/version")).toBe("one\n");
    expect(await kubectl("logs", "deployment/pinned")).toContain("response:200");
  });

  test("data of both storage classes belong to the pod's group, outlive the pod, and go with the claim", async () => {
    const mounts = [
      { name: "data", mountPath: "/data" },
      { name: "more", mountPath: "/more" },
    ];
    await apply([
      workload(
        "StatefulSet",
        "db",
        { containers: [{ ...server(reference), volumeMounts: mounts }] },
        { volumeClaimTemplates: [claim("data", "standard"), claim("more", "longhorn")] },
      ),
    ]);
    await available("statefulset/db");
    const write = (text: string) =>
      kubectl("exec", "db-0", "--", "sh", "-c", `echo ${text} >> /data/log; cat /data/log`);
    expect(await write("first")).toBe("first\n");
    await kubectl("delete", "pod", "db-0", "--grace-period=1");
    await available("statefulset/db");
    expect(await write("second")).toBe("first\nsecond\n");
    expect(readdirSync(join(files.node, "volumes"))).toHaveLength(2);
    await kubectl("delete", "statefulset", "db", "--cascade=foreground");
    await kubectl("delete", "pvc", "more-db-0");
    await eventually("the folder of the claim to go", () =>
      readdirSync(join(files.node, "volumes")).length === 1 ? true : undefined,
    );
  });

  test("an image with another content under the same name replaces the pods that run it", async () => {
    images[0] = await image("two");
    await start();
    expect(messages).toContainEqual(
      expect.stringMatching(/^Replacing pod web-\S+, as its image has changed\.$/),
    );
    await available("deployment/web");
    await gatewayGives("two");
  });

  test("an image that is not wanted any more is gone, and its pods are played", async () => {
    const [first] = images;
    if (!first) throw new Error("no image");
    const noted = () => Object.keys(JSON.parse(readFileSync(join(files.node, "images.json"), "utf8")));
    expect(noted()).toHaveLength(3);
    await start(formOf([first]));
    expect(noted().filter((name) => name.startsWith("registry.example"))).toEqual([reference]);
    await eventually("a played pod", async () =>
      (await nodesOf("pinned")).every((node) => node.startsWith("node-")) ? true : undefined,
    );
    expect(await nodesOf("web")).toEqual(["machine", "machine"]);
    await start();
    await eventually("a real pod", async () =>
      (await nodesOf("pinned")).every((node) => node === "machine") ? true : undefined,
    );
    await available("deployment/pinned");
  });

  test("the machine keeps its own settings", () => {
    expect(traces(real).settings).toEqual(before.settings);
  });

  test.each(nodeRoles)(
    "after the loss of its %s the cluster is restarted with objects and data",
    async (role) => {
      const [one] = (await processesOf()).filter((process) => process.role === role);
      const inhabitants = inhabitantsOf(await processesOf());
      expect(inhabitants.length).toBeGreaterThan(8);
      process.kill(one?.pid ?? 0, "SIGKILL");
      if (role === "node")
        await eventually("the end of all in the node", () => inhabitants.every(isGone) || undefined);
      else await eventually("its end", () => isGone(one?.pid ?? 0) || undefined);
      const again = await start();
      expect(messages).toContain(
        `Restarting the local cluster main, as ${role} ended; its objects are kept.`,
      );
      expect(again).toEqual({ ...cluster, server: again.server, fresh: false });
      cluster = again;
      await available("deployment/web");
      await gatewayGives("two");
      expect(await ask("connect?kubernetes.default:443")).toBe("open");
      expect(readFileSync(join(files.node, "volumes", volumeName(), "log"), "utf8")).toBe("first\nsecond\n");
    },
  );

  const volumeName = () => readdirSync(join(files.node, "volumes"))[0] ?? "";

  test("pods change over when the cluster changes its form, and back", async () => {
    const simulated = await start({ name: "simulated" });
    expect(simulated).toMatchObject({ form: "simulated", fresh: false });
    expect(existingCluster(place)?.form).toBe("simulated");
    expect(simulated.gateway).toBeUndefined();
    await available("deployment/web");
    expect(new Set(await nodesOf("web"))).not.toContain("machine");
    cluster = await start();
    expect(existingCluster(place)?.form).toBe("node");
    await eventually("real pods", async () =>
      (await nodesOf("web")).every((node) => node === "machine") ? true : undefined,
    );
    await available("deployment/web");
    await gatewayGives("two");
  });

  test("a second cluster runs beside it, and stopping that leaves the first alone", async () => {
    const second = { ...place, stateDir: join(root, "second"), name: "second" };
    const beside = traces(real);
    const other = await startCluster({ ...second, tools, form: formOf() });
    expect(other.gateway).not.toBe(cluster.gateway);
    await stopCluster(second);
    expect(leftBehind(beside, traces(real))).toEqual([]);
    expect(await ask("version")).toBe("two");
  });

  const helper = `
const [module, json] = process.argv.slice(1);
const { startCluster } = await import(module);
await startCluster({ ...JSON.parse(json), report: { step() {}, detail() {} } });
`;

  /** Starts a cluster in another process, and sends that a signal at a moment. */
  async function cutOff(of: { stateDir: string; name: string }, when: () => unknown, signal: NodeJS.Signals) {
    const module = new URL("../../local/cluster/index.ts", import.meta.url).href;
    const json = JSON.stringify({ stateDir: of.stateDir, name: of.name, tools, form: formOf() });
    const creation = spawn(process.execPath, ["--input-type=module", "-e", helper, module, json], {
      stdio: "ignore",
    });
    await eventually("the moment", async () => ((await when()) ? true : undefined));
    creation.kill(signal);
    return await once(creation, "exit");
  }

  const moments = {
    "it imported images": async () =>
      (await listProcesses()).some(({ commandLine }) => / images import .*server-/.test(commandLine)),
    "its control plane ran": async (of: typeof files) =>
      (await processesOf(of)).some(({ role }) => role === "kwok-controller"),
    "its node had begun": async (of: typeof files) => insideNode(await processesOf(of)),
    "its relay ran": async (of: typeof files) => (await processesOf(of)).some(({ role }) => role === "relay"),
    "its images were there": (of: typeof files) => existsSync(join(of.node, "images.json")),
  };

  test.each(Object.entries(moments))(
    "a creation killed when %s leaves nothing after it is stopped",
    async (_, when) => {
      const other = { ...place, stateDir: join(root, "killed"), name: "killed" };
      const beside = traces(real);
      expect(await cutOff(other, () => when(clusterFiles(other)), "SIGKILL")).toEqual([null, "SIGKILL"]);
      const inhabitants = inhabitantsOf(await processesOf(clusterFiles(other)));
      expect(await stopCluster(other)).toBe(true);
      expect(inhabitants.filter((pid) => !isGone(pid))).toEqual([]);
      // Nor a program that the creation had called.
      const isImport = ({ commandLine }: ProcessInfo) => commandLine.includes(join(root, "images"));
      await eventually(
        "the end of imports",
        async () => !(await listProcesses()).some(isImport) || undefined,
      );
      expect(leftBehind(beside, traces(real))).toEqual([]);
      expect(existsSync(other.stateDir)).toBe(false);
    },
  );

  test("an interrupted creation ends what it has started; the next one makes the cluster anew", async () => {
    const other = { ...place, stateDir: join(root, "interrupted"), name: "interrupted" };
    const beside = traces(real);
    for (const when of Object.values(moments)) {
      expect(await cutOff(other, () => when(clusterFiles(other)), "SIGINT")).toEqual([null, "SIGINT"]);
      expect(await processesOf(clusterFiles(other))).toEqual([]);
      expect(leftBehind(beside, traces(real))).toEqual([]);
    }
    expect((await startCluster({ ...other, tools, form: formOf() })).fresh).toBe(true);
    await stopCluster(other);
  });

  test("a cluster whose folder was deleted while it ran is ended without a trace", async () => {
    const other = { ...place, stateDir: join(root, "deleted", "state"), name: "deleted" };
    const beside = traces(real);
    await startCluster({ ...other, tools, form: formOf() });
    // Its programs go on writing meanwhile.
    rmSync(join(root, "deleted"), { recursive: true, maxRetries: 20, retryDelay: 50 });
    expect(await stopCluster(other)).toBe(true);
    expect(leftBehind(beside, traces(real))).toEqual([]);
    expect(existsSync(join(root, "deleted"))).toBe(false);
  });

  test("a program that cannot run is named, and nothing is left running", async () => {
    const other = { ...place, stateDir: join(root, "broken"), name: "broken" };
    const broken: Form = { name: "node", tools: { ...real, kubelet: "/bin/false" }, images };
    const beside = traces(real);
    await expect(startCluster({ ...other, tools, form: broken })).rejects.toThrow(
      /^The node of the local cluster ended while it started\.\nThe end of its log .*\n( {2}kubelet ended \(1\)\n)+/,
    );
    expect(leftBehind(beside, traces(real))).toEqual([]);
    await stopCluster(other);
  });

  test("stopped with running pods, it leaves no process, mount, interface, group, table or file", async () => {
    await available("deployment/web");
    const inhabitants = inhabitantsOf(await processesOf());
    expect(inhabitants.length).toBeGreaterThan(8);
    expect(await stopCluster(place)).toBe(true);
    expect(inhabitants.filter((pid) => !isGone(pid))).toEqual([]);
    expect(await processesOf()).toEqual([]);
    expect(leftBehind(before, traces(real))).toEqual([]);
    expect(traces(real).settings).toEqual(before.settings);
    expect(existsSync(place.stateDir)).toBe(false);
  });
}

/** Waits until `probe` gives something. */
async function eventually<T>(what: string, probe: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(10)) {
    const value = await probe();
    if (value !== undefined) return value;
  }
  throw new Error(`not within a minute: ${what}`);
}

/** All processes inside the node of a cluster, by their ids on the machine. */
function inhabitantsOf(processes: readonly OwnProcess[]): number[] {
  const namespace = (pid: number | string) => {
    try {
      return readlinkSync(`/proc/${pid}/ns/pid`);
    } catch {
      return "";
    }
  };
  const own = namespace(insideNode(processes)?.pid ?? "none");
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && own !== "" && namespace(name) === own)
    .map(Number);
}

/** Whether a process has ended, though its parent may still have to be told. */
function isGone(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") === "";
  } catch {
    return true;
  }
}

/** What a node could leave on the machine. */
interface Traces {
  readonly things: readonly string[];
  readonly settings: Readonly<Record<string, string>>;
}

function traces(tools: NodeTools): Traces {
  const list = (folder: string) =>
    (existsSync(folder) ? readdirSync(folder) : []).map((name) => join(folder, name));
  const groups = hierarchies().flatMap(({ path }) =>
    list(path).filter((group) => group.includes("iot-verification")),
  );
  const mounts = readFileSync("/proc/mounts", "utf8").split("\n");
  const tables = execFileSync(join(tools.bin, "nft"), ["list", "tables"], { encoding: "utf8" }).split("\n");
  const folders = ["/run", "/run/netns", "/var/lib", "/var/log", "/sys/class/net"];
  const settings = [
    "vm/overcommit_memory",
    "vm/panic_on_oom",
    "kernel/panic",
    "kernel/panic_on_oops",
    "net/netfilter/nf_conntrack_max",
    "net/ipv4/ip_forward",
  ].flatMap((name) => {
    const file = join("/proc/sys", name);
    return existsSync(file) ? [[name, readFileSync(file, "utf8")] as const] : [];
  });
  return {
    things: [...mounts, ...groups, ...tables, ...folders.flatMap(list)],
    settings: Object.fromEntries(settings),
  };
}

const restricted = { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } };

const server = (image: string) => ({
  name: "server",
  image,
  imagePullPolicy: "IfNotPresent",
  resources: { requests: { cpu: "10m", memory: "8Mi" }, limits: { memory: "64Mi" } },
  readinessProbe: { httpGet: { port: 8080, path: "/version" }, periodSeconds: 1 },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
});

function workload(kind: "Deployment" | "StatefulSet", name: string, spec: object, more: object = {}): object {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace: "demo" },
    spec: {
      selector: { matchLabels: { app: name } },
      ...(kind === "StatefulSet" && { serviceName: name }),
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          securityContext: { ...restricted, runAsGroup: 999, fsGroup: 999 },
          ...spec,
        },
      },
      ...more,
    },
  };
}

/** Of an image that no real node has; tolerates what the nodes of a control plane bear. */
const daemonSet = (name: string, image: string) => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name, namespace: "demo" },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        securityContext: restricted,
        tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }],
        containers: [server(image)],
      },
    },
  },
});

const service = (name: string, app: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "demo" },
  spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
});

const claim = (name: string, storageClassName: string) => ({
  metadata: { name },
  spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage: "1Gi" } } },
});
