import * as pulumi from "@pulumi/pulumi";
import { serviceNames, servicePorts } from "../../contract/runtime.ts";
import { contentOf } from "../../foundation/accepted.ts";
import type { Demand } from "../../foundation/capacity-demand.ts";
import type { Credential } from "../../foundation/credentials.ts";
import type { Platform } from "../../foundation/index.ts";
import type { MountedCredential } from "../../foundation/mounted-credential.ts";
import type { ContainerResources, VolumeSize } from "../../foundation/resources.ts";
import type { PublishedSecret } from "../../foundation/secret-revision.ts";
import { monitoringPasswordEntry, monitoringUser } from "../monitoring.ts";
import { StatefulServer } from "../stateful-server.ts";
import { configurationFiles } from "./configuration.ts";
import { redisPod } from "./pod.ts";

export interface RedisArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference of the official image, version 7 or newer. */
  readonly image: string;
  /** Password of the user `default`. */
  readonly password: Credential;
  /** Password of the user that reads statistics. */
  readonly monitoringPassword: Credential;
  /** Memory of the data set, in Redis' own notation; beyond it the least recently used keys go. */
  readonly maxmemory: string;
  /** CPU and memory of the server. */
  readonly resources: ContainerResources;
  /** The data volume. */
  readonly storage: VolumeSize;
}

/**
 * Redis in its embedded form: one server, a cache.
 *
 * The server restarts to take a new password beside those that readers may still use; when it is ready, the readers'
 * Secret changes. Who reads its statistics has one password, and changes over after it.
 */
export class Redis extends pulumi.ComponentResource {
  /** Address of the server, `HOST:PORT`, once it is ready. */
  readonly endpoint: pulumi.Output<string>;
  /** The password that readers mount, once the server accepts it. */
  readonly credential: MountedCredential;
  /** The login that reads statistics. */
  readonly monitoring: PublishedSecret;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: RedisArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:data:Redis", name, {}, options);
    const { platform } = args;
    const login = { password: args.password.value };
    const monitoring = { username: pulumi.output(monitoringUser), password: args.monitoringPassword.value };
    const server = new StatefulServer(
      `${name}-server`,
      {
        platform,
        server: serviceNames.redis,
        component: "cache",
        port: servicePorts.redis,
        storage: args.storage,
        files: configurationFiles(args),
        accepted: { ...login, [monitoringPasswordEntry]: monitoring.password },
        type: "redis",
        published: { name: "redis-credentials", entries: login },
        monitoring: {
          name: "redis-monitoring-credentials",
          entries: {
            ...monitoring,
            [exporterPasswordsEntry]: exporterPasswords(platform, monitoring.password),
          },
        },
        pod: redisPod(args),
      },
      { parent: this },
    );
    this.endpoint = server.endpoint;
    this.credential = {
      credential: "redis",
      secret: server.publishedSecret,
      entries: Object.keys(login),
      revision: platform.revisionOf(contentOf(login)),
    };
    this.monitoring = {
      secret: server.monitoringSecret,
      revision: platform.revisionOf(contentOf(monitoring)),
    };
    this.demand = server.demand;
    this.registerOutputs({ endpoint: this.endpoint });
  }
}

/** Entry of the monitoring Secret that redis_exporter reads: passwords by the address that it is told. */
export const exporterPasswordsEntry = "exporter-passwords.json";

/** Address of Redis, without a user. */
export function redisAddress({ settings: { values } }: Platform): string {
  return `redis://${values.REDIS_HOST}:${values.REDIS_PORT}`;
}

/**
 * Under the address with the user and without: versions before 1.69 look it up by the second.
 * https://github.com/oliver006/redis_exporter/blob/v1.80.0/exporter/pwd_file.go
 */
function exporterPasswords(platform: Platform, password: pulumi.Output<string>): pulumi.Output<string> {
  const address = redisAddress(platform);
  const withUser = Object.assign(new URL(address), { username: monitoringUser }).href;
  return password.apply((value) => JSON.stringify({ [withUser]: value, [address]: value }));
}
