import { logStream } from "../logging/names.ts";
import { files } from "./directories.ts";
import type { SourceUid } from "./spec.ts";

/** Index pattern of the platform's logs. */
const logIndices = `${logStream.type}-${logStream.dataset}-*`;

/** Fields of a log line, by what they hold; names of https://www.elastic.co/docs/reference/ecs */
export const logFields = {
  time: "@timestamp",
  message: "message",
  level: "log.level",
  service: "service.name",
  trace: "trace.id",
} as const;

/** The systems that Grafana asks; URLs but for Elasticsearch, whose URL comes with its login. */
export interface SourcesArgs {
  readonly prometheus: string;
  readonly alertmanager: string;
  readonly jaeger: string;
  /** Longest interval between two scrapes of Prometheus: windows of rates follow from it. */
  readonly scrapeSeconds: number;
}

/**
 * The data sources: https://grafana.com/docs/grafana/latest/administration/provisioning/#data-sources
 * `$__file{PATH}` stands for what a file says, `$$` for a dollar.
 */
export function dataSources(args: SourcesArgs) {
  const sources = [prometheus(args), alertmanager(args), jaeger(args), elasticsearch()];
  return {
    apiVersion: 1,
    // What is no longer here goes.
    prune: true,
    datasources: sources.map((source) => ({ ...source, orgId: 1, access: "proxy", editable: false })),
  };
}

/** The identity by which dashboards and data sources refer to each other. */
function identity(name: string, uid: SourceUid | "alertmanager") {
  return { name, type: uid, uid };
}

function prometheus(args: SourcesArgs) {
  return {
    ...identity("Prometheus", "prometheus"),
    url: args.prometheus,
    isDefault: true,
    jsonData: {
      httpMethod: "POST",
      prometheusType: "Prometheus",
      timeInterval: `${args.scrapeSeconds}s`,
      alertmanagerUid: "alertmanager",
    },
  };
}

function alertmanager(args: SourcesArgs) {
  return {
    ...identity("Alertmanager", "alertmanager"),
    url: args.alertmanager,
    jsonData: { implementation: "prometheus", handleGrafanaManagedAlerts: false },
  };
}

function jaeger(args: SourcesArgs) {
  return {
    ...identity("Jaeger", "jaeger"),
    url: args.jaeger,
    jsonData: {
      nodeGraph: { enabled: true },
      tracesToLogsV2: {
        datasourceUid: "elasticsearch",
        customQuery: true,
        query: `${logFields.trace}:"$\${__trace.traceId}"`,
        // Lines of a span may be written before it begins, and reach Elasticsearch later.
        spanStartTimeShift: "-5m",
        spanEndTimeShift: "5m",
      },
    },
  };
}

function elasticsearch() {
  return {
    ...identity("Elasticsearch", "elasticsearch"),
    url: files.elasticsearch("url"),
    basicAuth: true,
    basicAuthUser: files.elasticsearch("username"),
    jsonData: {
      index: logIndices,
      timeField: logFields.time,
      logMessageField: logFields.message,
      logLevelField: logFields.level,
      tlsAuthWithCACert: true,
      dataLinks: [
        {
          field: logFields.trace,
          url: `$\${__value.raw}`,
          urlDisplayLabel: "Trace",
          datasourceUid: "jaeger",
        },
      ],
    },
    secureJsonData: {
      basicAuthPassword: files.elasticsearch("password"),
      tlsCACert: files.elasticsearch("ca.crt"),
    },
  };
}
