import type * as pulumi from "@pulumi/pulumi";
import type { Credential } from "../foundation/credentials.ts";
import type { ContainerResources, VolumeSize } from "../foundation/resources.ts";
import { textBeside } from "../foundation/text-beside.ts";

/** What stores the objects. */
export type Engine = EmbeddedEngine | ExternalEngine;

/** One that runs here. */
export type EmbeddedEngine = VersitygwEngine | SeaweedfsEngine;

/** A server over a folder of one volume, which must have extended attributes: https://github.com/versity/versitygw */
export interface VersitygwEngine extends Embedded {
  readonly kind: "versitygw";
  /** Complete image reference of statsd-exporter, which turns what the server counts into metrics. */
  readonly exporterImage: string;
  /** CPU and memory of that. */
  readonly exporterResources: ContainerResources;
}

/** All parts of SeaweedFS in one server: https://github.com/seaweedfs/seaweedfs */
export interface SeaweedfsEngine extends Embedded {
  readonly kind: "seaweedfs";
}

/** A store that the platform does not run. */
export interface ExternalEngine {
  readonly kind: "external";
  /** URL of its S3 API, without a bucket. */
  readonly endpoint: string;
  /** PEM of the authority that its certificate is from. @default one that Node.js knows */
  readonly authority?: string | undefined;
}

interface Embedded {
  /** Complete image reference. */
  readonly image: string;
  /** CPU and memory of the server. */
  readonly resources: ContainerResources;
  /** The volume with all objects. */
  readonly storage: VolumeSize;
}

/** Who may enter: one key pair, which may do everything. */
export interface KeyPair {
  /** Its public part. */
  readonly id: pulumi.Input<string>;
  readonly secret: Credential;
}

/** What an engine that runs here is started with, besides its own. */
export interface ServerArgs {
  readonly region: string;
  /** Secret with the key pair that it has to accept, and its revision, which is an entry of it too. */
  readonly accepted: { readonly secret: pulumi.Output<string>; readonly revision: pulumi.Output<string> };
}

/** What has an engine start only with the key pair that it was made for: the command goes before its own. */
export function awaitAccepted({ revision }: ServerArgs["accepted"]) {
  const script = "await-accepted.sh";
  return {
    files: { [script]: textBeside(import.meta.url, script) },
    command: ["sh", `${configurationDirectory}/${script}`],
    env: [
      { name: "ACCEPTED", value: acceptedDirectory },
      { name: "ACCEPTED_REVISION", value: revision },
    ],
  };
}

/** Where an engine has its scripts. */
export const configurationDirectory = "/etc/object-storage";
/** Where an engine finds what it has to accept. */
export const acceptedDirectory = "/run/secrets/accepted";
/** Where an engine has its volume. */
export const dataDirectory = "/data";
