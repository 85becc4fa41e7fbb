import type * as pulumi from "@pulumi/pulumi";
import type { SecretRevision } from "../../../foundation/secret-revision.ts";

/** One server that comes with the platform. */
export interface EmbeddedForm {
  readonly kind: "embedded";
}

/** A cluster that the operator of Elastic runs, over zones. */
export interface OperatorForm {
  readonly kind: "operator";
  /** Version of all four programs: the operator decides by it what it does. */
  readonly version: string;
  /** Nodes: each may become master and keeps data; three or more. */
  readonly nodes: number;
  /** Whether files are mapped into memory, for which nodes have to be prepared: see docs/logging.md. */
  readonly memoryMaps: "used" | "avoided";
  /** Where snapshots go, and how long they are kept. @default nowhere */
  readonly snapshots?: Snapshots | undefined;
  /** StorageClass of the volumes of Logstash's queues. @default the cluster's default class */
  readonly queueClass?: string | undefined;
}

/** A cluster that somebody else runs. */
export interface ExternalForm {
  readonly kind: "external";
  readonly host: string;
  readonly port: number;
  /** Certificates of the authorities by which to judge it, in PEM. */
  readonly authority: string;
  /** Name of a superuser of it, whose password is the credential `elastic`. */
  readonly superuser: string;
  /** Copies of each shard beside the first. */
  readonly copies: number;
}

/** Who runs Elasticsearch. Consumers see no difference. */
export type LoggingForm = EmbeddedForm | OperatorForm | ExternalForm;

/** Copies of each shard beside the first: what the loss of a node leaves. */
export function copiesOf(form: LoggingForm): number {
  switch (form.kind) {
    case "embedded":
      // There is one node.
      return 0;
    case "operator":
      return 1;
    case "external":
      return form.copies;
  }
}

/** Snapshots of all data, in a bucket with the S3 contract. */
export interface Snapshots {
  /** URL of the S3 API, once it answers. */
  readonly endpoint: pulumi.Input<string>;
  readonly region: string;
  readonly bucket: string;
  /** The key pair: entries `access-key-id` and `secret-access-key`; its Secret is known once the bucket is there. */
  readonly credential: SecretRevision;
  /** Path in the bucket, of this stack alone. */
  readonly folder: string;
  /** When they are made, as cron of Elasticsearch: seconds first, in UTC. */
  readonly schedule: string;
  /** Days that one is kept. */
  readonly days: number;
}
