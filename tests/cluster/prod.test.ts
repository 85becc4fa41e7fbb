import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Checkout } from "./checkout.ts";
import { kubectlPath, objects, platformObjects } from "./kubernetes.ts";

let checkout: Checkout;
beforeAll(() => {
  checkout = new Checkout();
});
afterAll(() => checkout.remove("prod"));

const workloads = "deployments,statefulsets,jobs";
const elastic = "elasticsearches,kibanas,logstashes,beats";
const monitors = "prometheuses,alertmanagers";
const operated = `${elastic},${monitors}`;
const names = (kinds: string) => [...platformObjects(checkout, kinds, "prod").keys()].sort();

function kubectl(...argv: string[]): string {
  const kubeconfig = join(checkout.directory, ".local", "prod", "cluster", "kubeconfig");
  return execFileSync(kubectlPath, ["--kubeconfig", kubeconfig, ...argv], { encoding: "utf8" });
}

/** What says how long Elasticsearch takes, and how long that is waited for. */
const edits = [
  [
    "local/cluster/delays.yaml",
    "- kind: Elasticsearch\n    seconds: 7.5",
    "- kind: Elasticsearch\n    seconds: 600",
  ],
  [
    "components/observability/logging/elasticsearch/cluster.ts",
    'const patience = "60m"',
    'const patience = "20s"',
  ],
] as const;

test("a resource that its operator never gets ready stops its dependants, and it is said what was awaited", async () => {
  for (const [file, from, to] of edits) checkout.edit(file, from, to);
  const { code, output } = await checkout.run("up", "--stack", "prod");
  expect(code).not.toBe(0);
  expect(output).toContain(
    "Elasticsearch iot-verification/elasticsearch did not become what is awaited of it: " +
      "condition=ElasticsearchIsReachable, condition=ReconciliationComplete.",
  );
  expect(names(elastic)).toEqual(["Elasticsearch/elasticsearch"]);
  const made = names(workloads).join("\n");
  // Jaeger and Logstash would lose what they cannot write; PostgreSQL needs none of it.
  expect(made).not.toMatch(/elasticsearch-setup|jaeger/);
  expect(made).toContain("StatefulSet/postgresql");
});

test("once it is ready, the next deployment goes on to the end", async () => {
  for (const [file, from, to] of edits) checkout.edit(file, to, from);
  const { code, output } = await checkout.run("up", "--stack", "prod");
  expect(code, output).toBe(0);
  for (const [name, { spec, status }] of platformObjects(checkout, "deployments,statefulsets", "prod"))
    expect([name, status?.availableReplicas]).toEqual([name, spec?.replicas]);
  const kinds = objects(checkout, elastic, "prod").map(({ kind, status }) => [kind, status?.health]);
  expect(kinds.sort()).toEqual([
    ["Beat", "green"],
    ["Elasticsearch", "green"],
    ["Kibana", "green"],
    ["Logstash", "green"],
  ]);
  const monitoring = objects(checkout, monitors, "prod");
  expect(monitoring.map(({ kind, status }) => [kind, status?.availableReplicas]).sort()).toEqual([
    ["Alertmanager", 3],
    ["Prometheus", 2],
  ]);
});

test("an operator that is too old is said before anything is looked at", async () => {
  const record = [
    "--namespace",
    "iot-verification-cluster",
    "patch",
    "configmap",
    "versions",
    "--type=merge",
  ];
  kubectl(...record, '--patch={"data":{"eck":"3.4.1","longhorn":null}}');
  const { code, output } = await checkout.run("pulumi", "preview", "--stack", "prod");
  kubectl(...record, '--patch={"data":{"eck":"3.5.0","longhorn":"1.12.1"}}');
  expect(code).not.toBe(0);
  expect(output).toContain(
    "the cluster of context iot-verification-prod lacks what stack prod needs; nothing was changed:",
  );
  expect(output).toContain("Longhorn is missing: in stack cluster, set operators.longhorn.source to install");
  expect(output).toContain(
    "Elastic Cloud on Kubernetes is 3.4.1, which is too old: 3.5.0 or newer is needed",
  );
});

test("nothing has drifted, although operators write to what was deployed", async () => {
  const argv = ["preview", "--refresh", "--expect-no-changes", "--stack", "prod"];
  const { code, output } = await checkout.run("pulumi", ...argv);
  expect(code, output).toBe(0);
});

test("a lost state is rebuilt from the cluster, operators' resources too, and nothing changes", async () => {
  const before = objects(checkout, "secrets", "prod").map(({ metadata, data }) => [metadata.uid, data]);
  rmSync(join(checkout.directory, ".local", "prod", "backend"), { recursive: true });
  const { code, output } = await checkout.run("recover", "--stack", "prod");
  expect(code, output).toBe(0);
  const argv = ["preview", "--refresh", "--expect-no-changes", "--stack", "prod"];
  const quiet = await checkout.run("pulumi", ...argv);
  expect(quiet.code, quiet.output).toBe(0);
  expect(objects(checkout, "secrets", "prod").map(({ metadata, data }) => [metadata.uid, data])).toEqual(
    before,
  );
});

test("another form of logging replaces what an operator runs, and nothing beside logs and traces", async () => {
  await checkout.run("pulumi", "config", "set", "--path", "logging.form", "embedded", "--stack", "prod");
  const { code, output } = await checkout.run("pulumi", "preview", "--json", "--stack", "prod");
  await checkout.run("pulumi", "config", "set", "--path", "logging.form", "operator", "--stack", "prod");
  expect(code, output).toBe(0);
  const { steps } = JSON.parse(output.slice(output.indexOf("{"))) as { steps: { op: string; urn: string }[] };
  const of = (op: string) =>
    steps
      .filter((step) => step.op === op)
      .map(({ urn }) => urn.split("::").slice(-2).join(" ").replace(/^.*\$/, ""))
      .filter((name) => name.startsWith("kubernetes:"))
      .map((name) => name.replace(/^kubernetes:.*:/, ""))
      .sort();
  expect(of("delete").filter((name) => /^(Elasticsearch|Kibana|Logstash|Beat) /.test(name))).toEqual([
    "Beat logging-filebeat-beat",
    "Elasticsearch logging-elasticsearch-server-system-resource",
    "Kibana logging-kibana-system-resource",
    "Logstash logging-logstash-system-resource",
  ]);
  const others = steps.filter(
    ({ op, urn }) => /delete|replace/.test(op) && !/logging|tracing|networking|jaeger/.test(urn),
  );
  expect(others).toEqual([]);
});

test("it is not destroyed with its data", async () => {
  const before = names(`${workloads},persistentvolumeclaims`);
  const { code, output } = await checkout.run("pulumi", "destroy", "--yes", "--stack", "prod");
  expect(code, output).not.toBe(0);
  expect(output).toContain("protected");
  expect(names(`${workloads},persistentvolumeclaims`)).toEqual(before);
});

test("with the protection lifted it is destroyed, and no resource of an operator is left", async () => {
  await checkout.run("pulumi", "config", "set", "deletionProtection", "disabled", "--stack", "prod");
  const lifted = await checkout.run("up", "--stack", "prod");
  expect(lifted.code, lifted.output).toBe(0);
  const { code, output } = await checkout.run("pulumi", "destroy", "--yes", "--stack", "prod");
  expect(code, output).toBe(0);
  expect(objects(checkout, operated, "prod")).toEqual([]);
  const namespaces = objects(checkout, "namespaces", "prod").map(({ metadata }) => metadata.name);
  expect(namespaces.filter((name) => name.startsWith("iot-verification"))).toEqual([
    "iot-verification-cluster",
  ]);
  const down = await checkout.run("down", "--stack", "prod");
  expect(down.code, down.output).toBe(0);
  expect(checkout.exists(".local")).toBe(false);
});
