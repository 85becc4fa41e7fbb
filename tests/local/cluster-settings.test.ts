import { createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { clusterFiles } from "../../local/cluster/files.ts";
import { buildKubeconfig } from "../../local/cluster/kubeconfig.ts";
import { tailOf } from "../../local/cluster/launch.ts";
import { areFree, choosePorts } from "../../local/cluster/ports.ts";
import {
  auditPolicy,
  type ClusterTools,
  initialObjects,
  kwokctlDocuments,
  type Ports,
  portNames,
  storageClasses,
} from "../../local/cluster/settings.ts";

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
