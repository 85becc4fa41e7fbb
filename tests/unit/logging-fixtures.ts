import { Logging, type LoggingArgs } from "../../components/observability/logging/index.ts";
import { type RunArgs, record, start } from "./mocks.ts";
import { credential, platform, revision } from "./platform.ts";

const resources = {
  requests: { cpu: "100m", memory: "256Mi" },
  limits: { cpu: "1", memory: "2Gi" },
};
const kept = { days: 14, indexSize: "2Gi", indexDays: 1 };

/** A password for each user, of which none was rotated. */
const credentials: LoggingArgs["credentials"] = {
  elastic: credential("elastic-password"),
  kibana: credential("kibana-password"),
  logstash: credential("logstash-password"),
  jaeger: credential("jaeger-password"),
  grafana: credential("grafana-password"),
  exporter: credential("exporter-password"),
  kibanaEncryption: credential("encryption-key"),
};

/** Arguments of the component, some of them others. */
export function loggingArgs(changes: Partial<LoggingArgs> = {}): LoggingArgs {
  return {
    platform: platform({ pullSecrets: ["registry"] }),
    credentials,
    form: { kind: "embedded" },
    elasticsearch: {
      image: "registry.test/elasticsearch:9.4.3",
      resources,
      storage: { size: "20Gi", storageClass: "fast" },
      logs: kept,
      traces: { ...kept, days: 7 },
    },
    logstash: { image: "registry.test/logstash:9.4.3", resources, queueSize: "512Mi" },
    kibana: { image: "registry.test/kibana:9.4.3", resources },
    filebeat: { image: "registry.test/filebeat:9.4.3", resources, nodes: 3, linesPerMinute: 3000 },
    ...changes,
  };
}

/** With other credentials, the rest as they are. */
export function withCredentials(changes: Partial<LoggingArgs["credentials"]>): Partial<LoggingArgs> {
  return { credentials: { ...credentials, ...changes } };
}

function program(changes: Partial<LoggingArgs>) {
  const logging = new Logging("tier-logging", loggingArgs(changes));
  const { logins, proberCertificate, elasticsearchUrl, kibanaUrl, secret } = logging;
  const { demands, shipperDemands } = logging;
  return {
    logins,
    proberCertificate,
    elasticsearchUrl,
    kibanaUrl,
    secret,
    demands,
    shipperDemands,
  };
}

/** What the component asks for, and what it gives. */
export async function logging(changes: Partial<LoggingArgs> = {}) {
  return await record({ program: () => program(changes) });
}

/** The component, started with resources held that do not become ready. */
export async function loggingWith(
  gate: NonNullable<RunArgs<unknown>["gate"]>,
  changes: Partial<LoggingArgs> = {},
) {
  return await start({ program: () => program(changes), gate });
}

/** The name of a program's login. */
export function loginName(client: string, password: string): string {
  return `${client}-${revision(password)}`;
}
