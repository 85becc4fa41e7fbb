import { z } from "zod";
import { bytesOf } from "../../components/foundation/quantity.ts";
import type { ContainerResources } from "../../components/foundation/resources.ts";
import { integer, storage } from "../fields.ts";
import { resources, volume } from "../shapes.ts";

/** What is kept of one kind of data, and how it is cut into indices, which are deleted whole. */
function retention(defaults: { days: number; indexSize: string }) {
  return z.strictObject({
    /** Days after an index was closed to writing that it is deleted. */
    days: integer("days after an index was closed", { min: 1, max: 3650, example: defaults.days }).default(
      defaults.days,
    ),
    /** Size from which on an index is closed and the next one begun. */
    indexSize: storage(defaults.indexSize).default(defaults.indexSize),
    /** Days after which it is closed whatever its size. */
    indexDays: integer("days", { min: 1, max: 30, example: 1 }).default(1),
  });
}

/** CPU and memory of a program that does not live with less memory than this. */
function resourcesOfAtLeast(
  least: string,
  use: string,
  size: { requests: ContainerResources["requests"]; limits: ContainerResources["limits"] },
) {
  return resources(size).superRefine(({ limits }, context) => {
    const given = bytesOf(limits.memory);
    if (given === undefined || given >= (bytesOf(least) ?? 0)) return;
    const params = { value: limits.memory, allowed: `at least ${least}: ${use}`, example: least };
    context.addIssue({ code: "custom", path: ["limits", "memory"], params });
  });
}

const elasticsearch = z
  .strictObject({
    resources: resourcesOfAtLeast("1280Mi", "768Mi are beside the Java heap of Elasticsearch", {
      requests: { cpu: "500m", memory: "4Gi" },
      limits: { cpu: "2", memory: "4Gi" },
    }).prefault({}),
    storage: volume("50Gi").prefault({}),
    logs: retention({ days: 14, indexSize: "2Gi" }).prefault({}),
    traces: retention({ days: 7, indexSize: "2Gi" }).prefault({}),
  })
  .superRefine(checkIndices);

interface Elasticsearch {
  readonly storage: { readonly size: string };
  readonly logs: { readonly indexSize: string };
  readonly traces: { readonly indexSize: string };
}

/** Only closed indices are deleted, so a volume must hold some of each kind. */
function checkIndices(section: Elasticsearch, context: z.core.$RefinementCtx<Elasticsearch>): void {
  const size = bytesOf(section.storage.size);
  for (const kind of ["logs", "traces"] as const) {
    const { indexSize } = section[kind];
    const bytes = bytesOf(indexSize);
    if (size === undefined || bytes === undefined || bytes * 8 <= size) continue;
    const eighth = `${Math.floor(size / 8 / 2 ** 20)}Mi`;
    const params = {
      value: indexSize,
      allowed: `at most an eighth of storage.size, which is ${section.storage.size} (only a closed index can be deleted); or raise that`,
      example: eighth,
    };
    context.addIssue({ code: "custom", path: [kind, "indexSize"], params });
  }
}

const logstash = z.strictObject({
  resources: resourcesOfAtLeast("1Gi", "half of it is the Java heap of Logstash", {
    requests: { cpu: "250m", memory: "1Gi" },
    limits: { cpu: "1", memory: "1536Mi" },
  }).prefault({}),
  /** Size of the queue on disk. */
  queueSize: storage("1Gi").default("1Gi"),
});

const kibana = z.strictObject({
  resources: resourcesOfAtLeast("1Gi", "three fifths of it are the JavaScript heap of Kibana", {
    requests: { cpu: "250m", memory: "1536Mi" },
    limits: { cpu: "1", memory: "2Gi" },
  }).prefault({}),
});

const filebeat = z.strictObject({
  /** CPU and memory of the pod on each node. */
  resources: resourcesOfAtLeast("200Mi", "with less, Filebeat is ended when it catches up", {
    requests: { cpu: "50m", memory: "128Mi" },
    limits: { cpu: "500m", memory: "300Mi" },
  }).prefault({}),
  /** Lines that are taken from one service on one node in a minute; those beyond are dropped. */
  linesPerMinute: integer("lines of one service on one node", {
    min: 60,
    max: 6_000_000,
    example: 30_000,
  }).default(30_000),
});

/** Elasticsearch with what fills and searches it. */
export const logging = z.strictObject({
  elasticsearch: elasticsearch.prefault({}),
  logstash: logstash.prefault({}),
  kibana: kibana.prefault({}),
  filebeat: filebeat.prefault({}),
});
