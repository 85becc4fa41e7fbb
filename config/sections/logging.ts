import { z } from "zod";
import { bytesOf } from "../../components/foundation/quantity.ts";
import type { ContainerResources } from "../../components/foundation/resources.ts";
import { versionOf } from "../../components/observability/logging/operator.ts";
import { dnsName, field, integer, oneOf, storage } from "../fields.ts";
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

/** Copies of all data in the bucket of object storage, below a folder of this stack. */
const snapshots = z.strictObject({
  store: oneOf(["object-storage", "none"]).default("object-storage"),
  schedule: field(z.string().regex(/^[\d*?,/#LW-]+( [\d*?,/#LWA-Z-]+){5,6}$/), {
    allowed:
      "a cron expression of Elasticsearch: second, minute, hour, day of the month, month, day of the week, in UTC",
    example: '"0 30 1 * * ?"',
  }).default("0 30 1 * * ?"),
  days: integer("days", { min: 1, max: 3650, example: 30 }).default(30),
});

const elasticsearch = z
  .strictObject({
    /** With an operator: each may become master and keeps data. */
    nodes: integer("nodes", { min: 3, max: 50, example: 3 }).default(3),
    /** With an operator: mapped files are faster, where machines allow enough of them. */
    memoryMaps: oneOf(["avoided", "used"]).default("avoided"),
    /** With an operator. */
    snapshots: snapshots.prefault({}),
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
  replicas: integer("pods", { min: 1, max: 20, example: 2 }).default(1),
  /** Size of the queue on disk. */
  queueSize: storage("1Gi").default("1Gi"),
  /** With an operator: of the volume that the queue is on. */
  storageClass: dnsName("longhorn-replicated").optional(),
});

const kibana = z.strictObject({
  replicas: integer("pods", { min: 1, max: 20, example: 2 }).default(1),
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

const url = {
  allowed: "the https URL of an Elasticsearch: host and port alone, without a login",
  example: "https://elasticsearch.example.com:9200",
};

const authority = {
  allowed: "the PEM of the certificates of the authorities that its own is from, public ones too",
};

/** A cluster that somebody else runs. */
const external = z.strictObject({
  url: field(
    z.string().refine((text) => /^https:\/\/[^\s\\/?#@]+\/?$/.test(text) && URL.canParse(text)),
    url,
  ).optional(),
  authority: field(
    z.string().regex(/^-----BEGIN CERTIFICATE-----\n[\s\S]+\n-----END CERTIFICATE-----\n?$/),
    authority,
  ).optional(),
  username: field(z.string().regex(/^[A-Za-z0-9_@.-]{1,128}$/), {
    allowed: "the name of a user who may do everything",
    example: "elastic",
  }).default("elastic"),
  /** Copies of each shard beside the first. */
  copies: integer("copies of each shard beside the first", { min: 0, max: 5, example: 1 }).default(1),
});

/** Elasticsearch with what fills and searches it. */
export const logging = z.strictObject({
  form: oneOf(["embedded", "operator", "external"]).default("embedded"),
  external: external.prefault({}),
  elasticsearch: elasticsearch.prefault({}),
  logstash: logstash.prefault({}),
  kibana: kibana.prefault({}),
  filebeat: filebeat.prefault({}),
});

type ImageKey = "elasticsearch" | "logstash" | "kibana" | "filebeat";

interface Forms {
  readonly logging: z.output<typeof logging>;
  readonly images: Readonly<Record<ImageKey, string>>;
  readonly objectStorage: {
    readonly engine: string;
    readonly external: { readonly authority?: string | undefined };
  };
  readonly elasticPassword?: string | undefined;
}

/** What each form needs. */
export function checkLogging(config: Forms, context: z.core.$RefinementCtx<unknown>): void {
  const refuse = (path: string[], params: Readonly<Record<string, unknown>>) =>
    context.addIssue({ code: "custom", path, params });
  if (config.logging.form === "external") checkExternal(config, refuse);
  if (config.logging.form === "operator") checkOperator(config, refuse);
}

type Refuse = (path: string[], params: Readonly<Record<string, unknown>>) => void;

function checkExternal({ logging: { external }, elasticPassword }: Forms, refuse: Refuse): void {
  if (external.url === undefined) refuse(["logging", "external", "url"], url);
  if (external.authority === undefined) refuse(["logging", "external", "authority"], authority);
  if (elasticPassword !== undefined) return;
  const allowed = `the password of logging.external.username, ${external.username}, as logging.form is external`;
  refuse(["elasticPassword"], { allowed });
}

/** The operator goes by a version, of which all must be: it is that of Elasticsearch's image. */
function checkOperator({ logging, images, objectStorage }: Forms, refuse: Refuse): void {
  const version = versionOf(images.elasticsearch);
  for (const key of ["elasticsearch", "logstash", "kibana", "filebeat"] as const) {
    if (version !== undefined && versionOf(images[key]) === version) continue;
    const allowed =
      key === "elasticsearch"
        ? "an image with a tag of three numbers (a digest may follow it), by which the operator goes, as logging.form is operator"
        : `of the version of images.elasticsearch, ${version ?? "which has none"}, as logging.form is operator`;
    refuse(["images", key], { value: images[key], allowed });
  }
  const isPrivate = objectStorage.engine === "external" && objectStorage.external.authority !== undefined;
  if (logging.elasticsearch.snapshots.store === "none" || !isPrivate) return;
  refuse(["logging", "elasticsearch", "snapshots", "store"], {
    value: "object-storage",
    allowed:
      "none: Elasticsearch judges the object storage by public authorities, and objectStorage.external.authority is a private one",
    example: "none",
  });
}
