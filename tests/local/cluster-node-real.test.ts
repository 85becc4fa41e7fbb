import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ClusterFiles, clusterFiles } from "../../local/cluster/files.ts";
import { nodeObstacle } from "../../local/cluster/form.ts";
import {
  type Cluster,
  existingCluster,
  type NodeImage,
  startCluster,
  stopCluster,
} from "../../local/cluster/index.ts";
import { nodeRoles } from "../../local/cluster/settings.ts";
import { forward } from "../../local/commands/gateway-access.ts";
import { claim, daemonSet, restricted, server, service, workload } from "./cluster-node-objects.ts";
import {
  eventually,
  inhabitantsOf,
  isGone,
  NodeRig,
  type Place,
  processesOf,
  reference,
  type Traces,
} from "./cluster-node-rig.ts";

const obstacle = await nodeObstacle();

if (obstacle) test("nothing runs here, and it is said why", () => expect(obstacle).toMatch(/\S/));
else describe("a cluster with a real node", realNodeTests);

function realNodeTests() {
  let rig: NodeRig;
  let place: Place;
  let files: ClusterFiles;
  let images: NodeImage[];
  let cluster: Cluster;
  let before: Traces;

  const pinned = "registry.example/pinned:1";
  const start = (form = rig.form(images)) =>
    startCluster({ ...place, tools: rig.tools, form, delayScale: 0.1 });

  async function kubectl(...argv: string[]): Promise<string> {
    const all = ["--kubeconfig", cluster.kubeconfig, "--namespace", "demo", ...argv];
    return (
      await promisify(execFile)(rig.tools.kubectl, all, { env: { HOME: rig.root, PATH: process.env.PATH } })
    ).stdout;
  }

  async function apply(objects: readonly object[]): Promise<void> {
    const argv = ["--kubeconfig", cluster.kubeconfig, "apply", "-f", "-"];
    const running = promisify(execFile)(rig.tools.kubectl, argv, { env: { HOME: rig.root } });
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

  /** kube-proxy learns of pods a moment after everyone else. */
  const gatewayGives = (version: string) =>
    eventually(`version ${version}`, async () =>
      (await ask("version").catch(() => "")) === version ? true : undefined,
    );

  beforeAll(async () => {
    rig = await NodeRig.make();
    place = rig.place("main");
    files = clusterFiles(place);
    const { digest } = await rig.image("one", pinned);
    images = [await rig.image("one"), await rig.image("one", `${pinned}@${digest}`)];
    before = rig.traces();
    cluster = await start();
  });

  afterAll(async () => {
    await stopCluster(place);
    rig.remove();
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
    const processes = (await processesOf(place)).map(({ pid }) => pid);
    expect(await start()).toEqual({ ...cluster, fresh: false });
    expect((await processesOf(place)).map(({ pid }) => pid)).toEqual(processes);
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

  test("logs, commands and forwarded ports of a real pod go through the API server", async () => {
    expect(await kubectl("exec", "deployment/web", "--", "cat", "/www/version")).toBe("one\n");
    expect(await kubectl("logs", "deployment/pinned")).toContain("response:200");
    const call = { ...cluster, program: rig.tools.kubectl, namespace: "demo" };
    const forwarded = await forward(call, new URL("http://api-gateway"));
    expect(await (await fetch(`${forwarded.url}/cgi-bin/version`)).text()).toBe("one\n");
    forwarded.close();
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
        { volumeClaimTemplates: [claim("data", "standard"), claim("more", "longhorn-replicated")] },
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
    images[0] = await rig.image("two");
    await start();
    expect(rig.messages).toContainEqual(
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
    await start(rig.form([first]));
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
    expect(rig.traces().settings).toEqual(before.settings);
  });

  test.each(nodeRoles)(
    "after the loss of its %s the cluster is restarted with objects and data",
    async (role) => {
      const [one] = (await processesOf(place)).filter((process) => process.role === role);
      const inhabitants = inhabitantsOf(await processesOf(place));
      expect(inhabitants.length).toBeGreaterThan(8);
      process.kill(one?.pid ?? 0, "SIGKILL");
      if (role === "node")
        await eventually("the end of all in the node", () => inhabitants.every(isGone) || undefined);
      else await eventually("its end", () => isGone(one?.pid ?? 0) || undefined);
      const again = await start();
      expect(rig.messages).toContain(
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
    const second = rig.place("second");
    const beside = rig.traces();
    const other = await startCluster({ ...second, tools: rig.tools, form: rig.form(images) });
    expect(other.gateway).not.toBe(cluster.gateway);
    await stopCluster(second);
    expect(rig.leftSince(beside)).toEqual([]);
    expect(await ask("version")).toBe("two");
  });

  test("stopped with running pods, it leaves no process, mount, interface, group, table or file", async () => {
    await available("deployment/web");
    const inhabitants = inhabitantsOf(await processesOf(place));
    expect(inhabitants.length).toBeGreaterThan(8);
    expect(await stopCluster(place)).toBe(true);
    expect(inhabitants.filter((pid) => !isGone(pid))).toEqual([]);
    expect(await processesOf(place)).toEqual([]);
    expect(rig.leftSince(before)).toEqual([]);
    expect(rig.traces().settings).toEqual(before.settings);
    expect(existsSync(place.stateDir)).toBe(false);
  });
}
