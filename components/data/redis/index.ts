import { readFileSync } from "node:fs";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { serviceNames, servicePorts } from "../../contract/runtime.ts";
import type { Credential } from "../../foundation/credentials.ts";
import type { Platform } from "../../foundation/index.ts";
import { workloadLabels } from "../../foundation/labels.ts";
import { type MountedCredential, secretMount } from "../../foundation/mounted-credential.ts";
import type { ContainerResources, VolumeSize } from "../../foundation/resources.ts";
import { StatefulServer } from "../stateful-server.ts";
import { redisPod } from "./pod.ts";

export interface RedisArgs {
  readonly platform: Platform;
  /** Complete image reference of the official image. */
  readonly image: string;
  /** Password of the user `default`. */
  readonly password: Credential;
  /** Memory of the data set, in Redis' own notation; beyond it the least recently used keys go. */
  readonly maxmemory: string;
  readonly resources: ContainerResources;
  readonly storage: VolumeSize;
}

/**
 * Redis in its embedded form: one server, a cache.
 *
 * A new password restarts the server, which then takes both the new one and the one before; only then does the
 * Secret for readers change.
 */
export class Redis extends pulumi.ComponentResource {
  /** Address of the server, `HOST:PORT`, once it is ready. */
  readonly endpoint: pulumi.Output<string>;
  /** The password that readers mount, once the server accepts it. */
  readonly credential: MountedCredential;

  constructor(name: string, args: RedisArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:data:Redis", name, {}, options);
    const files = configurationFiles(args.maxmemory);
    const configuration = this.createConfiguration(`${name}-configuration`, args, files);
    const serverSecret = this.createServerSecret(`${name}-server-credentials`, args);
    const server = new StatefulServer(
      `${name}-server`,
      {
        platform: args.platform,
        server: serviceNames.redis,
        component: "cache",
        port: servicePorts.redis,
        storage: args.storage,
        pod: redisPod({
          ...args,
          files,
          configMap: configuration.metadata.name,
          secret: serverSecret.metadata.name,
        }),
      },
      { parent: this },
    );
    const readerSecret = this.createReaderSecret(`${name}-credentials`, args, server.host);

    this.endpoint = pulumi.interpolate`${server.host}:${servicePorts.redis}`;
    this.credential = secretMount("redis", readerSecret, args.password.revision);
    this.registerOutputs({ endpoint: this.endpoint });
  }

  private createConfiguration(name: string, { platform }: RedisArgs, data: Record<string, string>) {
    return new k8s.core.v1.ConfigMap(
      name,
      { metadata: metadataOf("redis-configuration", platform), data },
      { parent: this },
    );
  }

  private createServerSecret(name: string, { platform, password }: RedisArgs) {
    const metadata = metadataOf("redis-server-credentials", platform);
    return new k8s.core.v1.Secret(
      name,
      { metadata, stringData: { password: password.value } },
      { parent: this },
    );
  }

  /** Entries by the Service Binding specification: https://servicebinding.io/spec/core/1.1.0/#well-known-secret-entries */
  private createReaderSecret(name: string, { platform, password }: RedisArgs, host: pulumi.Output<string>) {
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: metadataOf("redis-credentials", platform),
        type: "servicebinding.io/redis",
        stringData: { type: "redis", host, port: String(servicePorts.redis), password: password.value },
      },
      { parent: this },
    );
  }
}

function metadataOf(name: string, platform: Platform) {
  return { name, namespace: platform.namespace, labels: workloadLabels(serviceNames.redis, "cache") };
}

function configurationFiles(maxmemory: string): Record<string, string> {
  return {
    "redis.conf": `${fileBeside("redis.conf")}maxmemory ${maxmemory}\n`,
    "start.sh": fileBeside("start.sh"),
  };
}

function fileBeside(name: string): string {
  return readFileSync(new URL(name, import.meta.url), "utf8");
}
