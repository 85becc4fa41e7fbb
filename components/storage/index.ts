import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../contract/systems.ts";
import { contentOf } from "../foundation/accepted.ts";
import type { Demand } from "../foundation/capacity-demand.ts";
import type { Platform } from "../foundation/index.ts";
import { metadataOf } from "../foundation/metadata.ts";
import type { MountedCredential } from "../foundation/mounted-credential.ts";
import type { ContainerResources } from "../foundation/resources.ts";
import { System } from "../foundation/system.ts";
import { Buckets } from "./buckets.ts";
import { dataDirectory, type EmbeddedEngine, type Engine, type KeyPair, type ServerArgs } from "./engine.ts";
import { identitiesEntry, identitiesOf, seaweedfsPod } from "./seaweedfs.ts";
import { versitygwExceptions, versitygwPod } from "./versitygw.ts";

export interface StorageArgs {
  /** What it stands on. */
  readonly platform: Platform;
  readonly engine: Engine;
  /** Region that requests are signed for. */
  readonly region: string;
  /** Name of the bucket. */
  readonly bucket: string;
  /** The key pair that opens it. */
  readonly keyPair: KeyPair;
  /** What makes the bucket: complete reference of the platform's own image, and CPU and memory of its pod. */
  readonly program: { readonly image: string; readonly resources: ContainerResources };
}

/** A bucket as its users see it, whichever engine it is in. */
export interface ObjectStorage {
  /** URL of the S3 API, once it answers. */
  readonly endpoint: pulumi.Output<string>;
  readonly region: string;
  /** Name of the bucket, once it is there. */
  readonly bucket: pulumi.Output<string>;
  /** The key pair as users mount it; the name of its Secret is known once the bucket is there and the pair opens it. */
  readonly credential: MountedCredential;
}

type Entries = Readonly<Record<string, pulumi.Output<string>>>;

/**
 * The storage tier: one bucket with the S3 contract, in an engine that runs here or in a store elsewhere.
 *
 * The key pair has two Secrets. One tells the server what to accept; it knows one pair only, so that it restarts to take
 * another. The other is for users, and changes once a Job has entered with the new pair: until then users are refused, and
 * try again.
 */
export class Storage extends pulumi.ComponentResource {
  readonly objectStorage: ObjectStorage;
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];

  constructor(name: string, args: StorageArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:storage:Storage", name, {}, options);
    const { platform, region, keyPair, engine } = args;
    const keys = usedEntries(args);
    const revision = platform.revisionOf(contentOf(keys));
    const accepted = this.createAcceptedSecret(`${name}-accepted`, args, {
      ...keys,
      ...(engine.kind === "seaweedfs" && { [identitiesEntry]: identitiesOf(keyPair) }),
      revision,
    }).metadata.name;
    const { endpoint, demands } =
      engine.kind === "external"
        ? { endpoint: pulumi.output(engine.endpoint), demands: [] }
        : this.createServer(`${name}-server`, args, engine, {
            region,
            accepted: { secret: accepted, revision },
          });
    const credential = { credential: "object-storage" as const, entries: Object.keys(keys), revision };
    const { bucket, demand } = new Buckets(
      `${name}-buckets`,
      { ...args, ...args.program, endpoint, credential: { ...credential, secret: accepted } },
      { parent: this },
    );
    const published = this.createPublishedSecret(`${name}-published`, args, {
      endpoint,
      region: pulumi.output(region),
      bucket,
      ...keys,
    });
    this.objectStorage = {
      endpoint,
      region,
      bucket,
      credential: { ...credential, secret: published.metadata.name },
    };
    this.demands = [...demands, demand];
    this.registerOutputs({ endpoint, bucket });
  }

  private createServer(
    name: string,
    { platform }: StorageArgs,
    engine: EmbeddedEngine,
    server: ServerArgs,
  ): { endpoint: pulumi.Output<string>; demands: Demand[] } {
    const { s3, metrics } = systemPorts.objectStorage;
    const { host, demand } = new System(
      name,
      {
        platform,
        workload: systemNames.objectStorage,
        component: "object-storage",
        replicas: 1,
        ...(engine.kind === "versitygw"
          ? { ports: { s3 }, pod: versitygwPod(engine, server), exceptions: versitygwExceptions }
          : { ports: { s3, metrics }, pod: seaweedfsPod(engine, server) }),
        data: { ...engine.storage, directory: dataDirectory },
      },
      { parent: this },
    );
    return { endpoint: pulumi.interpolate`http://${host}:${s3}`, demands: [demand] };
  }

  private createAcceptedSecret(name: string, args: StorageArgs, stringData: Entries) {
    const metadata = metadataFor(args, "object-storage-accepted-credentials");
    return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent: this });
  }

  private createPublishedSecret(name: string, args: StorageArgs, entries: Entries) {
    const metadata = metadataFor(args, "object-storage-credentials");
    return new k8s.core.v1.Secret(
      name,
      { metadata, type: "servicebinding.io/s3", stringData: { type: "s3", ...entries } },
      { parent: this },
    );
  }
}

function metadataFor({ platform }: StorageArgs, name: string) {
  const { objectStorage } = systemNames;
  return metadataOf({
    name,
    namespace: platform.namespace,
    workload: objectStorage,
    component: "object-storage",
  });
}

/** What users enter with. */
function usedEntries({ keyPair, engine }: StorageArgs): Entries {
  const authority = engine.kind === "external" ? engine.authority : undefined;
  return {
    "access-key-id": pulumi.output(keyPair.id),
    "secret-access-key": keyPair.secret.value,
    ...(authority !== undefined && { "ca.crt": pulumi.output(authority) }),
  };
}
