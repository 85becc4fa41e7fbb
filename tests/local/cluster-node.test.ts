import { createServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { chooseForm, type Obstacles } from "../../local/cluster/form.ts";
import { policyName, realPodsPolicy, trialImage, trialImageOf } from "../../local/cluster/node/admission.ts";
import { groupName, hierarchiesOf } from "../../local/cluster/node/cgroups.ts";
import { cniConfig, containerdConfig } from "../../local/cluster/node/containerd.ts";
import { forward } from "../../local/cluster/node/forward.ts";
import { fullName, unnamed } from "../../local/cluster/node/import.ts";
import { kubeletArguments, kubeletConfig } from "../../local/cluster/node/kubelet.ts";
import {
  addressToNumber,
  chooseLine,
  homeLine,
  identityOf,
  lineName,
  numberToAddress,
  rangesOfRoutes,
} from "../../local/cluster/node/link.ts";
import { connectNode, corefile, proxyConfig } from "../../local/cluster/node/network.ts";
import { misplacement, type Pod } from "../../local/cluster/node/objects.ts";
import { inside, type NodeConfig, realNode, realNodeTaint } from "../../local/cluster/node/settings.ts";
import { nodes } from "../../local/cluster/settings.ts";
import { volume } from "../../local/cluster/templates.ts";

describe("the form of the cluster", () => {
  const possible = async () => undefined;
  const all: Obstacles = { kind: possible, node: possible, simulated: possible };

  test("is the first that the machine allows, and says why not those before", async () => {
    expect((await chooseForm({ obstacles: all })).form).toBe("kind");
    expect(await chooseForm({ obstacles: { ...all, kind: async () => "no Docker" } })).toEqual({
      form: "node",
      says: "Local cluster: a real node on this machine, for pods whose images it has, beside three that are played (not kind: no Docker).",
    });
    const none = { ...all, kind: async () => "no Docker", node: async () => "no root" };
    expect(await chooseForm({ obstacles: none })).toEqual({
      form: "simulated",
      says: "Local cluster: three nodes that are played; no container runs (not kind: no Docker; not node: no root).",
    });
  });

  test("can be asked for, whatever else is possible", async () => {
    expect((await chooseForm({ wanted: "simulated", obstacles: all })).form).toBe("simulated");
  });

  test("does not change to or from kind by itself: objects and data would be lost", async () => {
    expect((await chooseForm({ current: "simulated", obstacles: all })).form).toBe("node");
    expect((await chooseForm({ current: "node", obstacles: all })).form).toBe("node");
    expect((await chooseForm({ current: "kind", obstacles: all })).form).toBe("kind");
    expect((await chooseForm({ current: "node", wanted: "kind", obstacles: all })).form).toBe("kind");
    const obstacles = { ...all, kind: async () => "no Docker engine answers" };
    await expect(chooseForm({ current: "kind", obstacles })).rejects.toThrow(
      "The local cluster that is there cannot be reached (not kind: no Docker engine answers).",
    );
  });

  test("that is asked for and impossible is refused with what is missing", async () => {
    const obstacles = { ...all, node: async () => "containers and their network need root" };
    await expect(chooseForm({ wanted: "node", obstacles })).rejects.toThrow(
      "IOT_VERIFICATION_CLUSTER=node is impossible here: containers and their network need root.",
    );
  });

  test("of an unknown name is refused with the names that there are", async () => {
    await expect(chooseForm({ wanted: "minikube", obstacles: all })).rejects.toThrow(
      'IOT_VERIFICATION_CLUSTER is "minikube"; allowed are kind, node, simulated',
    );
  });
});

describe("the line to the node", () => {
  const range = (text: string) => rangesOfRoutes(JSON.stringify([{ dst: text }]));

  test("takes the first addresses that nothing uses", () => {
    expect(chooseLine([])).toEqual({ hostAddress: "10.246.0.1", nodeAddress: "10.246.0.2" });
    expect(chooseLine(range("10.246.0.0/30")).hostAddress).toBe("10.246.0.5");
    expect(chooseLine(range("10.246.0.0")).hostAddress).toBe("10.246.0.5");
    expect(chooseLine(range("10.246.0.3")).hostAddress).toBe("10.246.0.5");
    expect(chooseLine(range("10.246.0.7")).hostAddress).toBe("10.246.0.1");
    expect(chooseLine([...range("10.246.0.2"), ...range("10.246.0.4/31")]).hostAddress).toBe("10.246.0.9");
  });

  test("leaves a block that a company's network has", () => {
    expect(chooseLine(range("10.0.0.0/8")).hostAddress).toBe("172.30.0.1");
    expect(chooseLine([...range("10.0.0.0/8"), ...range("172.16.0.0/12")]).hostAddress).toBe("192.168.246.1");
  });

  test("stays where it was while that is free", () => {
    expect(chooseLine([], { hostAddress: "172.30.0.9" }).nodeAddress).toBe("172.30.0.10");
    expect(chooseLine(range("172.30.0.8/29"), { hostAddress: "172.30.0.9" }).hostAddress).toBe("10.246.0.1");
  });

  test("is at home at one of 64 places, by the cluster's folder", () => {
    expect(homeLine("00000000").hostAddress).toBe("10.246.0.1");
    expect(homeLine("0000007f").hostAddress).toBe("10.246.0.253");
    expect(chooseLine([], homeLine("00000001")).nodeAddress).toBe("10.246.0.6");
  });

  test("fails where all are used", () => {
    const all = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap(range);
    expect(() => chooseLine(all)).toThrow(/No private addresses are left/);
  });

  test("takes a default route for no range", () => {
    expect(range("default")).toEqual([]);
    expect(rangesOfRoutes("")).toEqual([]);
  });

  test("addresses are numbers and back", () => {
    for (const address of ["0.0.0.0", "10.246.0.1", "192.168.246.253", "255.255.255.255"])
      expect(numberToAddress(addressToNumber(address))).toBe(address);
  });

  test("has a name that the kernel allows, another for every folder", () => {
    const names = ["/a/cluster", "/b/cluster"].map((folder) => lineName(identityOf(folder)));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^iv-[0-9a-f]{8}$/);
  });
});

test("control groups are found in every hierarchy that is mounted", () => {
  const mounts = [
    "tmpfs /sys/fs/cgroup tmpfs rw 0 0",
    "cgroup /sys/fs/cgroup/memory cgroup rw,memory 0 0",
    "cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0",
    "cgroup /odd\\040place cgroup rw,cpu 0 0",
    "/dev/vda / ext4 rw 0 0",
    "",
  ].join("\n");
  expect(hierarchiesOf(mounts)).toEqual([
    { path: "/sys/fs/cgroup/memory", version: 1 },
    { path: "/sys/fs/cgroup/unified", version: 2 },
    { path: "/odd place", version: 1 },
  ]);
});

describe("images", () => {
  test.each([
    ["postgres:17", "docker.io/library/postgres:17"],
    ["postgres", "docker.io/library/postgres:latest"],
    ["bitnami/redis:7", "docker.io/bitnami/redis:7"],
    ["registry.example/a/b:1", "registry.example/a/b:1"],
    ["localhost:5000/a", "localhost:5000/a:latest"],
    ["localhost/a:1", "localhost/a:1"],
    ["registry.example/a:1@sha256:00ff", "registry.example/a@sha256:00ff"],
    ["registry.example:5000/a@sha256:00ff", "registry.example:5000/a@sha256:00ff"],
  ])("%s is looked for as %s", (reference, name) => {
    expect(fullName(reference)).toBe(name);
  });

  test("lose the name by their content when no other leads to them", () => {
    const [one, two, id] = ["a", "b", "c"].map((digit) => `sha256:${digit.repeat(64)}`);
    const list = [
      "REF TYPE DIGEST SIZE PLATFORMS LABELS",
      `registry.example/a:1 application/x ${one} 1.0 MiB linux/amd64 -`,
      `${id} application/x ${one} 1.0 MiB linux/amd64 -`,
      `${two} application/x ${two} 1.0 MiB linux/amd64 -`,
      "",
    ].join("\n");
    expect(unnamed(list)).toEqual([two]);
  });
});

describe("the policy for pods", () => {
  test("names the images, and is bound", () => {
    const [policy, binding] = realPodsPolicy(["registry.example/a:1", "b"]).map(({ object }) => object);
    expect(policy).toMatchObject({ kind: "MutatingAdmissionPolicy", metadata: { name: policyName } });
    const list = JSON.stringify('["registry.example/a:1","b",').slice(1, -1);
    expect(JSON.stringify(policy)).toContain(list);
    expect(binding).toMatchObject({
      kind: "MutatingAdmissionPolicyBinding",
      spec: { policyName },
    });
  });

  test("can be asked whether it is in force, and whether it is for these images", () => {
    const images = ["registry.example/a:1"];
    const [policy] = realPodsPolicy(images).map((one) => JSON.stringify(one));
    expect(policy).toContain(String.raw`\"${trialImage}\"`);
    expect(policy).toContain(trialImageOf(images));
    expect(policy).not.toContain(trialImageOf([]));
  });
});

describe("a pod", () => {
  const pod = (
    nodeName: string,
    images: readonly string[],
    more: { readonly status?: Pod["status"]; readonly metadata?: object } = {},
  ): Pod => ({
    metadata: { namespace: "n", name: "p", ownerReferences: [{ controller: true }], ...more.metadata },
    spec: { nodeName, containers: images.map((image) => ({ image })) },
    ...(more.status && { status: more.status }),
  });
  const why = (one: Pod, changed: readonly string[] = []) =>
    misplacement(one, { available: ["a", "b"], changed });
  const played = nodes[0]?.name ?? "";

  test("moves when it is where it does not belong, or runs an image of old", () => {
    expect(why(pod(played, ["a", "b"]))).toBe("it can run for real now");
    expect(why(pod(realNode.name, ["a", "c"]))).toBe("its image is not on the real node any more");
    expect(why(pod(realNode.name, ["a", "b"]), ["b"])).toBe("its image has changed");
    const initial = pod(realNode.name, ["a"]);
    const withInit = { ...initial, spec: { ...initial.spec, initContainers: [{ image: "b" }] } };
    expect(why(withInit, ["b"])).toBe("its image has changed");
  });

  test("stays where it belongs", () => {
    expect(why(pod(realNode.name, ["a"]), ["b"])).toBeUndefined();
    expect(why(pod(played, ["a", "c"]))).toBeUndefined();
  });

  test("stays when nobody would make it anew, or it is over", () => {
    expect(why(pod(played, ["a"], { metadata: { ownerReferences: [] } }))).toBeUndefined();
    expect(why(pod(played, ["a"], { status: { phase: "Succeeded" } }))).toBeUndefined();
    expect(why(pod(played, ["a"], { metadata: { deletionTimestamp: "now" } }))).toBeUndefined();
    expect(why(pod("", ["a"]))).toBeUndefined();
  });
});

const config: NodeConfig = {
  id: "0123abcd",
  hostAddress: "10.246.0.1",
  nodeAddress: "10.246.0.2",
  gatewayPort: 20_001,
  home: "/w/.local/dev/cluster/node",
  tools: {
    bin: "/t/bin",
    cniPlugins: "/t/cni",
    kubelet: "/t/kubelet",
    "kube-proxy": "/t/kube-proxy",
    coredns: "/t/coredns",
    pause: "/t/pause",
  },
  apiPort: 20_002,
  serviceRange: "10.96.0.0/16",
  gatewayService: "api-gateway",
  pki: "/w/pki",
  region: "local",
};

describe("the node's programs", () => {
  test("the kubelet keeps containers below a group of the cluster's own, and others' pods away", () => {
    expect(kubeletConfig(config)).toMatchObject({
      cgroupRoot: `/${groupName(config.id)}`,
      registerWithTaints: [realNodeTaint],
      clusterDNS: [config.nodeAddress],
      authentication: { anonymous: { enabled: false } },
      imageGCHighThresholdPercent: 100,
    });
    const flags = kubeletArguments(config, { config: "/k.yaml", bootstrap: "/b" });
    expect(flags).toContain("--node-ip=10.246.0.2");
    expect(flags.find((flag) => flag.startsWith("--node-labels="))).toContain(
      `topology.kubernetes.io/zone=${realNode.zone}`,
    );
  });

  test("the node is in a zone that a played node is in, too: it makes no new one", () => {
    expect(nodes.map(({ zone }) => zone)).toContain(realNode.zone);
  });

  test("containerd keeps its files in the node's folder and its socket on a short path", () => {
    const text = containerdConfig({ snapshotter: "native", cniPlugins: "/t/cni", cniConfigDir: "/c" });
    expect(text).toContain(`root = "${inside.containerd}"`);
    expect(text).toContain('snapshotter = "native"');
    expect(text).toContain("restrict_oom_score_adj = true");
    expect(inside.containerdSocket.length).toBeLessThan(108);
  });

  test("the pods' network needs no program of the firewall", () => {
    expect(cniConfig.plugins).toMatchObject([{ type: "ptp", ipMasq: false }]);
  });

  test("kube-proxy leaves the settings of the whole machine alone", () => {
    expect(proxyConfig(config, "/k")).toMatchObject({
      mode: "nftables",
      conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: "0s", tcpCloseWaitTimeout: "0s" },
    });
  });

  test("names are answered on the node's address alone", () => {
    expect(corefile(config, "/k")).toMatch(
      /^cluster\.local:53 in-addr\.arpa:53 \{\n {2}bind 10\.246\.0\.2\n/,
    );
  });

  test("the node knows a way to the Services and to its line, and no other", () => {
    const routes = connectNode(config).filter(([kind]) => kind === "route");
    expect(routes).toEqual([["route", "add", "10.96.0.0/16", "via", "10.246.0.1", "src", "10.246.0.2"]]);
  });

  test("a volume is the folder that the node makes for it", () => {
    expect(volume).toContain(`path: ${inside.volumes}/pvc-{{ .metadata.uid }}`);
    expect(volume).toContain("name: pvc-{{ .metadata.uid }}");
  });
});

describe("forwarding", () => {
  const servers: Server[] = [];
  const listening = (server: Server) => {
    servers.push(server);
    return (server.address() as { port: number }).port;
  };
  const serve = (answer: (text: string) => string) =>
    new Promise<number>((resolve) => {
      const server = createServer({ allowHalfOpen: true }, async (socket) => {
        let text = "";
        for await (const piece of socket) text += String(piece);
        socket.end(answer(text));
      });
      server.listen(0, "127.0.0.1", () => resolve(listening(server)));
    });
  const say = async (port: number, text: string) => {
    const { connect } = await import("node:net");
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    socket.end(text);
    let answer = "";
    for await (const piece of socket) answer += String(piece);
    return answer;
  };

  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve))));
  });

  test("passes both directions, each to its end, to where the target is at that moment", async () => {
    const ports = [await serve((text) => `one ${text}`), await serve((text) => `two ${text}`)];
    let index = 0;
    const server = await forward({
      listen: { host: "127.0.0.1", port: 0 },
      target: () => ({ host: "127.0.0.1", port: ports[index] ?? 0 }),
    });
    const port = listening(server);
    expect(await say(port, "x".repeat(300_000))).toBe(`one ${"x".repeat(300_000)}`);
    index = 1;
    expect(await say(port, "y")).toBe("two y");
  });

  test("says why when there is no target, or it does not answer", async () => {
    const closed = await serve(() => "");
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const targets = [
      () => Promise.reject(new Error("no such Service")),
      () => ({ host: "127.0.0.1", port: closed }),
    ];
    for (const [index, text] of ["no such Service", "ECONNREFUSED"].entries()) {
      const server = await forward({
        listen: { host: "127.0.0.1", port: 0 },
        target: targets[index] ?? (() => Promise.reject(new Error("unreached"))),
        explain: ({ message }) => `because: ${message}`,
      });
      expect(await say(listening(server), "x")).toContain(`because: ${index === 0 ? text : "connect"}`);
    }
  });
});
