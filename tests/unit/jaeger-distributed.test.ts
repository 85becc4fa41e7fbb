import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { configurationFiles, indexFiles } from "../../components/observability/tracing/configuration.ts";
import { Tracing } from "../../components/observability/tracing/index.ts";
import { problemsOf } from "./config-cases.ts";
import { gate, type RunArgs, record, start } from "./mocks.ts";
import { platform } from "./platform.ts";
import { annotationsOf, at, containerOf, templateOf } from "./shapes.ts";

const resources = {
  requests: { cpu: "250m", memory: "256Mi" },
  limits: { cpu: "1", memory: "1Gi" },
};

function program() {
  const { queryUrl, demands } = new Tracing("observability-tracing", {
    platform: platform(),
    image: "registry.test/jaeger:2.20.0",
    rolloverImage: "registry.test/jaeger-es-rollover:2.20.0",
    elasticsearchImage: "registry.test/elasticsearch:9.4.3",
    replicas: 1,
    resources,
    copies: 1,
    elasticsearch: {
      host: pulumi.output("elasticsearch.test"),
      url: pulumi.output("https://elasticsearch.test:9200"),
      secret: pulumi.output("elasticsearch-jaeger-credentials"),
      revision: pulumi.output("login-revision"),
    },
    distributed: {
      collector: { replicas: 2, resources, scaling: { maximum: 6, cpuUtilization: 70 } },
      query: { replicas: 2, resources },
    },
  });
  return { queryUrl, demands };
}

const run = (options: Partial<RunArgs<unknown>> = {}) => start({ program, ...options });

test("collector and query are workloads of their own, spread and with budgets", async () => {
  const { recording, outputs } = await record({ program });
  expect(outputs.queryUrl).toBe("http://jaeger-query.place.svc.cluster.test:16686");
  expect(recording.objects()).not.toContain("Deployment jaeger");
  const ports = (name: string) =>
    (containerOf(recording.object("Deployment", name)).ports as { name: string }[]).map((port) => port.name);
  expect(ports("jaeger-collector")).toEqual(["otlp-http", "metrics", "health"]);
  expect(ports("jaeger-query")).toEqual(["query", "metrics", "health"]);
  for (const name of ["jaeger-collector", "jaeger-query"]) {
    expect(recording.objects()).toContain(`PodDisruptionBudget ${name}`);
    const { spec } = templateOf(recording.object("Deployment", name));
    expect(spec.topologySpreadConstraints).toHaveLength(2);
    expect(spec.initContainers).toBeUndefined();
  }
});

test("the collector grows, and the engine leaves its number of pods to that", async () => {
  const { recording } = await record({ program });
  expect(recording.object("HorizontalPodAutoscaler", "jaeger-collector").inputs.spec).toMatchObject({
    scaleTargetRef: { kind: "Deployment", name: "jaeger-collector" },
    minReplicas: 2,
    maxReplicas: 6,
  });
  expect(recording.object("Deployment", "jaeger-collector").inputs.spec).not.toHaveProperty("replicas");
  expect(at(recording.object("Deployment", "jaeger-query"), "spec.replicas")).toBe(2);
});

test("both wait for the Job that prepares the indices", async () => {
  const closed = gate(({ inputs }) => inputs.kind === "Job");
  const { recording, outputs, settled } = await run({ gate: closed });
  await settled();
  expect(recording.ofKind("Deployment")).toEqual([]);
  closed.open();
  await outputs;
  expect(recording.ofKind("Deployment")).toHaveLength(2);
});

test("the Job prepares, and then drops what is too much, with a copy of each shard", async () => {
  const { recording } = await record({ program });
  const [job] = recording.ofKind("Job");
  if (!job) throw new Error("there is no Job");
  expect(at(job, "spec.template.spec.initContainers")).toMatchObject([
    { name: "prepare-indices", image: "registry.test/jaeger-es-rollover:2.20.0" },
  ]);
  expect(containerOf(job)).toMatchObject({ name: "drop-stray-indices" });
  const { "prepare-indices.sh": script = "" } = indexFiles({ copies: 1 });
  expect(script).toContain("--shards=1 --replicas=1 \\\n");
  expect(script).not.toContain("is one node");
  expect(annotationsOf(job)["iot-verification.dev/elasticsearch-revision"]).toBe("login-revision");
});

const configurationOf = (role: "collector" | "query") =>
  JSON.parse(configurationFiles(role)["jaeger.yaml"] ?? "");

test("a collector takes and answers nothing, a query answers and takes nothing", () => {
  const all = JSON.parse(configurationFiles()["jaeger.yaml"] ?? "");
  const collector = configurationOf("collector");
  expect(collector.service.extensions).toEqual(["healthcheckv2", "jaeger_storage"]);
  expect(collector.service.pipelines).toEqual(all.service.pipelines);
  expect(collector.extensions).not.toHaveProperty("jaeger_query");
  const query = configurationOf("query");
  expect(query.service.extensions).toEqual(["healthcheckv2", "jaeger_storage", "jaeger_query"]);
  expect(query.service.pipelines).toEqual({ traces: { receivers: ["nop"], exporters: ["nop"] } });
  expect(query.receivers).toEqual({ nop: {} });
  expect(query).not.toHaveProperty("processors");
  for (const part of [collector, query])
    expect(part.extensions.jaeger_storage).toEqual(all.extensions.jaeger_storage);
});

test("a maximum below the collectors that there are is refused", () => {
  expect(problemsOf({ jaeger: { form: "distributed", collector: { replicas: 8 } } })).toMatchObject([
    { key: "jaeger.collector.maxReplicas" },
  ]);
  expect(problemsOf({ jaeger: { collector: { replicas: 8 } } })).toEqual([]);
});
