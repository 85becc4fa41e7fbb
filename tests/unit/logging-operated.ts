import * as pulumi from "@pulumi/pulumi";
import type { OperatorForm } from "../../components/observability/logging/elasticsearch/forms.ts";
import type { LoggingArgs } from "../../components/observability/logging/index.ts";
import { loggingArgs } from "./logging-fixtures.ts";
import { type Recording, Secret } from "./mocks.ts";

const snapshots = {
  endpoint: "https://s3.test",
  region: "eu-central-1",
  bucket: "backups",
  credential: { secret: pulumi.output("object-storage-credentials"), revision: pulumi.output("r") },
  folder: "elasticsearch/place",
  schedule: "0 30 1 * * ?",
  days: 30,
};
/** Elastic's operator with snapshots. */
export const form: OperatorForm = {
  kind: "operator",
  version: "9.4.3",
  nodes: 3,
  memoryMaps: "avoided",
  snapshots,
  queueClass: "fast",
};
/** What differs with it. */
export const operated: Partial<LoggingArgs> = {
  form,
  kibana: { ...loggingArgs().kibana, replicas: 2 },
  logstash: { ...loggingArgs().logstash, replicas: 2 },
};

/** Entries of a Secret. @throws Error when they are no secret to Pulumi */
export function secretOf(recording: Recording, name: string): Record<string, string> {
  const { stringData } = recording.object("Secret", name).inputs;
  if (!(stringData instanceof Secret)) throw new Error(`${name} is no secret to Pulumi`);
  return stringData.value as Record<string, string>;
}

/** The files of the Job: its ConfigMap's name has a checksum. */
export function setupFiles(recording: Recording): Record<string, string> {
  const found = recording
    .ofKind("ConfigMap")
    .find(({ inputs }) => (inputs.metadata as { name: string }).name.startsWith("elasticsearch-setup-"));
  if (!found) throw new Error("there is no ConfigMap of the setup");
  return found.inputs.data as Record<string, string>;
}
