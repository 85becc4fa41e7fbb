import { createServer } from "node:net";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { loadDelays, parseDelays } from "../../local/cluster/delays.ts";
import { clusterFiles } from "../../local/cluster/files.ts";
import { buildKubeconfig } from "../../local/cluster/kubeconfig.ts";
import { tailOf } from "../../local/cluster/launch.ts";
import { areFree, choosePorts } from "../../local/cluster/ports.ts";
import { roleOf } from "../../local/cluster/processes.ts";
import {
  auditPolicy,
  type ClusterTools,
  initialObjects,
  kwokctlDocuments,
  type Ports,
  portNames,
  storageClasses,
} from "../../local/cluster/settings.ts";
import { buildStages, type Stage } from "../../local/cluster/stages.ts";
import { parsePsLine, startFromStat } from "../../local/processes.ts";

const stages = buildStages({ delays: loadDelays(), scale: 1 });

function stageNamed(name: string): Stage {
  const found = stages.find(({ metadata }) => metadata.name === name);
  if (!found)
    throw new Error(`no stage ${name}; there are ${stages.map(({ metadata }) => metadata.name).join(", ")}`);
  return found;
}

const delayText = (name: string) => stageNamed(name).spec.delay?.durationFrom?.jq.expression ?? "";

describe("the table of delays", () => {
  test("gives a source for every figure", () => {
    const figures = Object.values(loadDelays()).flat();
    expect(figures.length).toBeGreaterThan(10);
    for (const { source } of figures) expect(source.length).toBeGreaterThan(20);
  });

  test("has an entry for every image at the end of each list", () => {
    const { pull } = loadDelays();
    expect(() => parseDelays({ ...loadDelays(), pull: pull.slice(0, -1) })).toThrow(/every other image/);
  });

  test("refuses figures without a source, and names the place", () => {
    expect(() => parseDelays({ ...loadDelays(), sandbox: { seconds: 1 } })).toThrow(/sandbox\.source/);
  });
});

describe("the stages", () => {
  test("carry the figures of the table in milliseconds, times the scale", () => {
    const fast = buildStages({ delays: loadDelays(), scale: 0.1 });
    const provision = (list: readonly Stage[]) =>
      list.find(({ metadata }) => metadata.name === "claim-provision")?.spec.delay?.durationMilliseconds;
    expect(provision(stages)).toBe(3000);
    expect(provision(fast)).toBe(300);
    expect(delayText("pod-running")).toMatch(/\{"postgres":5000,"redis":2500,[^}]*\}\[\$image\] \/\/ 4000/);
    expect(delayText("pod-complete")).toMatch(/\{"postgres":2000,[^}]*\}\[\$image\] \/\/ 3000/);
  });

  test("know an image by the last part of its name alone", () => {
    expect(delayText("pod-running")).toContain('split("@")[0] | split("/")[-1] | split(":")[0]');
  });

  test("take up a pod by its state, never by labels or annotations: stacks know nothing of kwok", () => {
    const pods = stages.filter(({ spec }) => spec.resourceRef.kind === "Pod");
    expect(pods.map(({ metadata }) => metadata.name)).toEqual([
      "pod-accepted",
      "pod-init-running",
      "pod-initialized",
      "pod-running",
      "pod-running-after-init",
      "pod-ready",
      "pod-complete",
      "pod-stop",
      "pod-delete",
    ]);
    for (const { spec } of pods) expect(JSON.stringify(spec.selector)).not.toMatch(/labels|annotations/);
  });

  test("wait alike for probes of every kind: by their delays and periods", () => {
    expect(delayText("pod-ready")).toMatch(
      /initialDelaySeconds.*periodSeconds.*startupProbe.*readinessProbe/,
    );
    expect(JSON.stringify(stages)).not.toMatch(/httpGet|tcpSocket|grpc|exec/);
  });

  test("let only Jobs' pods succeed", () => {
    const job = ".metadata.ownerReferences.[].kind";
    expect(stageNamed("pod-complete").spec.selector.matchExpressions).toContainEqual({
      jq: { key: job, operator: "In", values: ["Job"] },
    });
    expect(stageNamed("pod-ready").spec.selector.matchExpressions).toContainEqual({
      jq: { key: job, operator: "NotIn", values: ["Job"] },
    });
  });

  test("stop a pod within its grace period, and leave a stopped one to its finalizers", () => {
    expect(delayText("pod-stop")).toContain("(.metadata.deletionGracePeriodSeconds // 30) * 1000] | min");
    expect(stageNamed("pod-delete").spec.selector.matchExpressions).toContainEqual({
      jq: { key: ".metadata.deletionGracePeriodSeconds", operator: "NotIn", values: ["0"] },
    });
  });

  test("make volumes for the provisioners of the storage classes, and no others", () => {
    expect(stageNamed("claim-provision").spec.selector.matchExpressions).toContainEqual({
      jq: {
        key: '.metadata.annotations["volume.kubernetes.io/storage-provisioner"]',
        operator: "In",
        values: storageClasses.map(({ provisioner }) => provisioner),
      },
    });
  });
});

const tools = Object.fromEntries(
  ["kwokctl", "kwok", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "etcd", "kubectl"].map(
    (name) => [name, `/opt/tools/${name}`],
  ),
) as ClusterTools;

describe("the settings", () => {
  const ports = Object.fromEntries(portNames.map((name, index) => [name, 20_000 + index])) as Ports;
  const documents = JSON.stringify(
    kwokctlDocuments({
      tools,
      ports,
      auditPolicyFile: "/s/policy.yaml",
      auditLog: "/s/audit.log",
      pki: "/s/pki",
    }),
  );

  test("bind everything to loopback, on our ports, with our tools", () => {
    expect(documents).toContain('"bindAddress":"127.0.0.1"');
    for (const name of portNames) expect(documents).toContain(`"${name}":${ports[name]}`);
    for (const path of Object.values(tools).filter((tool) => !tool.endsWith("kwokctl"))) {
      expect(documents).toContain(`"${path}"`);
    }
  });

  test("leave every node to its own kubelet but those that kwok plays", () => {
    const value = "kwok.x-k8s.io/node=fake";
    expect(documents).toContain('{"key":"manage-all-nodes","value":"false"}');
    expect(documents).toContain(`{"key":"manage-nodes-with-annotation-selector","value":"${value}"}`);
    const nodes = initialObjects({ arch: "x64" }).filter(({ object }) => object.kind === "Node");
    for (const { object } of nodes)
      expect(object.metadata).toMatchObject({ annotations: { "kwok.x-k8s.io/node": "fake" } });
  });

  test("say where pods reach the API server, under a name that its certificate has", () => {
    const advertised = JSON.stringify(
      kwokctlDocuments({
        tools,
        ports,
        auditPolicyFile: "",
        auditLog: "",
        pki: "",
        advertised: "10.246.0.1",
      }),
    );
    expect(advertised).toContain('{"key":"advertise-address","value":"10.246.0.1"}');
    expect(advertised).toContain('"kubeApiserverCertSANs":["10.96.0.1","10.246.0.1"]');
    expect(documents).toContain('{"key":"advertise-address","value":"192.0.2.1"}');
    expect(documents).toContain('"kubeApiserverCertSANs":["10.96.0.1"]');
  });

  test("keep authorization and admission on", () => {
    expect(documents).toContain('"kubeAuthorization":true,"kubeAdmission":true');
  });

  test("spread three equal nodes over three zones of one region", () => {
    const nodes = initialObjects({ arch: "x64" }).filter(({ object }) => object.kind === "Node");
    const labels = nodes.map(
      ({ object }) => (object.metadata as { labels?: Record<string, string> }).labels ?? {},
    );
    expect(new Set(labels.map((one) => one["topology.kubernetes.io/zone"])).size).toBe(3);
    expect(new Set(labels.map((one) => one["topology.kubernetes.io/region"])).size).toBe(1);
    expect(labels.map((one) => one["kubernetes.io/arch"])).toEqual(["amd64", "amd64", "amd64"]);
  });

  test("have one default storage class", () => {
    expect(storageClasses.filter(({ isDefault }) => isDefault).map(({ name }) => name)).toEqual(["standard"]);
  });

  test("log bodies of status changes only: a body elsewhere could hold a secret", () => {
    const withBodies = auditPolicy.rules.filter(({ level }) => level !== "None" && level !== "Metadata");
    const logged = withBodies.flatMap(({ resources }) => resources?.flatMap((one) => one.resources));
    expect(logged.length).toBeGreaterThan(0);
    for (const resource of logged) expect(resource).toMatch(/\/status$/);
  });
});

describe("ports", () => {
  test("are all different, free, and of the range below outgoing connections", async () => {
    const ports = await choosePorts();
    expect(new Set(Object.values(ports)).size).toBe(portNames.length);
    for (const port of Object.values(ports)) {
      expect(port).toBeGreaterThanOrEqual(20_000);
      expect(port).toBeLessThan(30_000);
    }
  });

  test("skip those that something listens on", async () => {
    const first = await choosePorts();
    const taken = first.etcdPort;
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(taken, "127.0.0.1", resolve));
    try {
      let next = taken;
      const chosen = await choosePorts(() => next++);
      expect(Object.values(chosen)).not.toContain(taken);
      expect(await areFree({ ...chosen, etcdPort: taken })).toBe(false);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});

describe("the proof that a process belongs to a cluster", () => {
  const ownership = {
    clusterHome: "/w/.local/dev/cluster/.kwok/clusters/dev",
    configFile: "/w/.local/dev/cluster/kwokctl.yaml",
    nodeConfigFile: "/w/.local/dev/cluster/node/node.json",
    recorded: [{ pid: 7, started: "boot/100" }],
  };
  const role = (commandLine: string, pid = 1, started = "boot/1") =>
    roleOf({ pid, started, commandLine }, ownership);

  test.each([
    ["etcd", `${ownership.clusterHome}/bin/etcd --name=node0`],
    ["kube-apiserver", `${ownership.clusterHome}/bin/kube-apiserver --etcd-prefix=/registry`],
    ["kwok-controller", `${ownership.clusterHome}/bin/kwok-controller`],
    [
      "kwokctl",
      `/opt/tools/kwokctl create cluster --name dev --kubeconfig  --config ${ownership.configFile}`,
    ],
    ["kwokctl", `/usr/bin/kubectl --kubeconfig ${ownership.clusterHome}/kubeconfig.yaml get --raw /version`],
    [
      "node",
      `unshare --pid --fork sh -c x sh /n/node /w/local/cluster/node/supervise.ts ${ownership.nodeConfigFile}`,
    ],
    ["node", `/n/node /w/local/cluster/node/supervise.ts ${ownership.nodeConfigFile}`],
    ["relay", `/n/node /w/local/cluster/node/relay.ts ${ownership.nodeConfigFile}`],
  ])("%s: %s", (expected, commandLine) => {
    expect(role(commandLine)).toBe(expected);
  });

  test.each([
    ["a tool of the same name elsewhere", "/usr/bin/etcd --data-dir=/var/lib/etcd"],
    ["the cluster of another stack", "/w/.local/prod/cluster/.kwok/clusters/dev/bin/etcd --name=node0"],
    ["a cluster whose folder begins alike", `${ownership.clusterHome}2/bin/etcd --name=node0`],
    ["an editor on one of the logs", `vim ${ownership.clusterHome}/logs/etcd.log`],
    ["the user's kubectl", "kubectl --kubeconfig /w/.local/dev/cluster/kubeconfig get pods -w"],
    [
      "kwokctl of another stack",
      "/opt/kwokctl create cluster --name dev --config /w/.local/prod/cluster/kwokctl.yaml",
    ],
    [
      "the node of another stack",
      "/n/node /w/local/cluster/node/supervise.ts /w/.local/prod/cluster/node/node.json",
    ],
    ["an editor on the node's configuration", `vim ${ownership.nodeConfigFile}`],
    ["a program whose name begins alike", `${ownership.clusterHome}/bin/etcdctl get`],
  ])("not %s", (_, commandLine) => {
    expect(role(commandLine)).toBeUndefined();
  });

  test("a noted process is known after its folder was moved, but its pid alone proves nothing", () => {
    const moved = "/old/place/bin/etcd --name=node0";
    expect(role(moved, 7, "boot/100")).toBe("etcd");
    expect(role("/n/node /w/local/cluster/node/relay.ts /old/node.json", 7, "boot/100")).toBe("relay");
    expect(role(moved, 7, "boot/101")).toBeUndefined();
    expect(role(moved, 8, "boot/100")).toBeUndefined();
  });

  test("reads the start of a process whose name holds parentheses and spaces", () => {
    const fields = Array.from({ length: 40 }, (_, index) => String(index + 3));
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(startFromStat(`12 (${name.replaceAll(")", "")}) ) ${fields.join(" ")}`)).toMatch(/\/22$/);
      }),
    );
  });

  test("reads a line of ps", () => {
    expect(parsePsLine("  512 Mon Nov 23 07:05:16 2026 /a b/bin/etcd --name=node0")).toEqual({
      pid: 512,
      started: "Mon Nov 23 07:05:16 2026",
      commandLine: "/a b/bin/etcd --name=node0",
    });
    expect(parsePsLine("")).toBeUndefined();
  });
});

test("the kubeconfig has one context, named like the cluster, and needs no other file", () => {
  const admin = { server: "https://127.0.0.1:20001", ca: "CA", cert: "CERT", key: "KEY" };
  const data = (text: string) => Buffer.from(text).toString("base64");
  expect(parse(buildKubeconfig({ name: "dev", admin }))).toEqual({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "dev",
    clusters: [{ name: "dev", cluster: { server: admin.server, "certificate-authority-data": data("CA") } }],
    users: [
      { name: "dev", user: { "client-certificate-data": data("CERT"), "client-key-data": data("KEY") } },
    ],
    contexts: [{ name: "dev", context: { cluster: "dev", user: "dev" } }],
  });
});

test.each(["", "Dev", "a b", "../x", "-a", "a".repeat(64)])("a cluster cannot be named %j", (name) => {
  expect(() => clusterFiles({ stateDir: "/nonexistent/state", name })).toThrow(/cannot be named/);
});

test("the end of a log leaves out empty lines and cuts long ones", () => {
  expect(tailOf(`first\n\n${"x".repeat(500)}\nlast\n`, 2)).toBe(`${"x".repeat(400)}…\nlast`);
});
