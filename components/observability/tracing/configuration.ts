import { systemPorts } from "../../contract/systems.ts";
import { textBeside } from "../../foundation/text-beside.ts";
import { lifecyclePolicies } from "../logging/names.ts";

/** Directory that the configuration is mounted at. */
export const configurationDirectory = "/etc/jaeger";

/** Directory of the login of Elasticsearch, one file for each entry. */
export const loginDirectory = "/run/secrets/elasticsearch";

/** What a Jaeger does: take traces, answer questions, or both. */
export type Role = "all-in-one" | "collector" | "query";

/** The files of the configuration by name. */
export function configurationFiles(role: Role = "all-in-one", { copies = 0 } = {}): Record<string, string> {
  return { ...programFiles(role), ...(role === "all-in-one" && indexFiles({ copies })) };
}

/** What Jaeger itself reads. */
function programFiles(role: Role): Record<string, string> {
  return { "jaeger.yaml": `${JSON.stringify(jaegerConfiguration(role), null, 2)}\n` };
}

/** What prepares its indices, of which each shard has so many copies beside the first. */
export function indexFiles({ copies }: { readonly copies: number }): Record<string, string> {
  const prepare = textBeside(import.meta.url, "prepare-indices.sh");
  const ofSeveralNodes = prepare
    .replace("# Elasticsearch is one node: a second copy of a shard would have no place.\n", "")
    .replace("--replicas=0", `--replicas=${copies}`);
  return {
    "prepare-indices.sh": copies === 0 ? prepare : ofSeveralNodes,
    "drop-stray-indices.sh": textBeside(import.meta.url, "drop-stray-indices.sh"),
  };
}

/** Name of the one storage in the configuration. */
const storage = "elasticsearch";

/** Every form has the same. */
const ports = systemPorts.jaeger;

/**
 * Jaeger's configuration, which is an OpenTelemetry collector's: https://www.jaegertracing.io/docs/2.20/deployment/configuration/
 * As JSON, which is YAML too. `${file:PATH}` stands for what a file says.
 */
function jaegerConfiguration(role: Role) {
  const { pipeline, ...components } = role === "query" ? idle : taking;
  return {
    service: {
      extensions: ["healthcheckv2", "jaeger_storage", ...(role === "collector" ? [] : ["jaeger_query"])],
      pipelines: { traces: pipeline },
      telemetry: {
        resource: { "service.name": "jaeger" },
        logs: { level: "info", encoding: "json" },
        metrics: {
          level: "normal",
          readers: [{ pull: { exporter: { prometheus: metricsServer } } }],
        },
      },
    },
    ...components,
    extensions: {
      healthcheckv2: { use_v2: true, http: { endpoint: everywhere(ports.health) } },
      ...(role !== "collector" && { jaeger_query: answering }),
      jaeger_storage: { backends: { [storage]: { elasticsearch: elasticsearchStorage() } } },
    },
  };
}

/** Takes traces and keeps them. */
const taking = {
  pipeline: {
    receivers: ["otlp"],
    // Memory first: what it refuses must not have been gathered.
    processors: ["memory_limiter", "batch"],
    exporters: ["jaeger_storage_exporter"],
  },
  receivers: { otlp: { protocols: { http: { endpoint: everywhere(ports["otlp-http"]) } } } },
  processors: {
    // Refuses from the difference of the two on, and collects garbage in earnest from the first on.
    memory_limiter: { check_interval: "1s", limit_percentage: 80, spike_limit_percentage: 15 },
    batch: { send_batch_size: 1024, send_batch_max_size: 2048, timeout: "1s" },
  },
  exporters: {
    jaeger_storage_exporter: {
      trace_storage: storage,
      queue: { sizer: "items", queue_size: 20_000, num_consumers: 2 },
    },
  },
};

/** A collector of OpenTelemetry has a pipeline, whatever it is for. */
const idle = {
  pipeline: { receivers: ["nop"], exporters: ["nop"] },
  receivers: { nop: {} },
  exporters: { nop: {} },
};

/** Pages, and the API that Grafana asks. */
const answering = {
  storage: { traces: storage },
  http: { endpoint: everywhere(ports.query) },
  // Nobody asks by gRPC.
  grpc: { endpoint: "127.0.0.1:16685" },
};

/** Counters end in `_total`, as https://prometheus.io/docs/practices/naming/ has it; the labels are the scraper's. */
const metricsServer = {
  host: "0.0.0.0",
  port: ports.metrics,
  without_type_suffix: false,
  without_scope_info: true,
};

function elasticsearchStorage() {
  const rotation = { auto_rollover: { policy_name: lifecyclePolicies.traces } };
  return {
    server_urls: [contentOf("url")],
    auth: { basic: { username: contentOf("username"), password_file: `${loginDirectory}/password` } },
    tls: { ca_file: `${loginDirectory}/ca.crt` },
    // prepare-indices.sh has made the templates, which the first indices are made from.
    create_mappings: false,
    indices: { spans: { rotation }, services: { rotation } },
  };
}

function contentOf(entry: string): string {
  return `\${file:${loginDirectory}/${entry}}`;
}

function everywhere(port: number): string {
  return `0.0.0.0:${port}`;
}
