import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { policyName, realPodsPolicy, trialImage, trialImageOf } from "../../local/cluster/node/admission.ts";
import { groupName, hierarchiesOf } from "../../local/cluster/node/cgroups.ts";
import { cniConfig, containerdConfig } from "../../local/cluster/node/containerd.ts";
import { corefile, dnsManifest, dnsService } from "../../local/cluster/node/dns.ts";
import { fullName, unnamed } from "../../local/cluster/node/import.ts";
import { kubeletArguments, kubeletConfig } from "../../local/cluster/node/kubelet.ts";
import { connectNode, judgement, proxyConfig } from "../../local/cluster/node/network.ts";
import { misplacement, type Pod } from "../../local/cluster/node/objects.ts";
import {
  inside,
  type NodeConfig,
  realNode,
  realNodeTaint,
  sandboxImage,
} from "../../local/cluster/node/settings.ts";
import { nodes } from "../../local/cluster/settings.ts";
import { volume } from "../../local/cluster/templates.ts";

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
    metadata: {
      namespace: "n",
      name: "p",
      ownerReferences: [{ kind: "ReplicaSet", controller: true }],
      ...more.metadata,
    },
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
    const ofKubelet = { ownerReferences: [{ kind: "Node", controller: true }] };
    expect(why(pod(realNode.name, ["c"], { metadata: ofKubelet }))).toBeUndefined();
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
    "kube-network-policies": "/t/kube-network-policies",
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
      clusterDNS: ["10.96.0.10"],
      staticPodPath: inside.manifests,
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

  test("names are answered by a pod that policies find where clusters have it", () => {
    expect(corefile).toMatch(/^cluster\.local:53 in-addr\.arpa:53 \{\n/);
    const manifest = parse(dnsManifest(config.tools.coredns));
    expect(manifest.metadata).toMatchObject({
      namespace: "kube-system",
      labels: { "k8s-app": "kube-dns" },
    });
    expect(manifest.spec.containers).toMatchObject([{ image: sandboxImage, imagePullPolicy: "Never" }]);
    expect(manifest.spec.volumes).toContainEqual({
      name: "program",
      hostPath: { path: "/t/coredns", type: "File" },
    });
    expect(dnsService.object).toMatchObject({
      metadata: { namespace: "kube-system" },
      spec: { clusterIP: "10.96.0.10", selector: manifest.metadata.labels },
    });
  });

  test("connections of pods wait for a judgement, those of the node's programs to pods do not", () => {
    expect(judgement.trim().split("\n")).toEqual([
      "*mangle",
      "-A FORWARD -m conntrack --ctstate NEW -j NFQUEUE --queue-num 0",
      "-A INPUT -s 10.245.0.0/16 -m conntrack --ctstate NEW -j NFQUEUE --queue-num 0",
      "COMMIT",
    ]);
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
