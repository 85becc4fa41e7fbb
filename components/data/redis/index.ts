import * as pulumi from "@pulumi/pulumi";
import { serviceNames, servicePorts } from "../../contract/runtime.ts";
import { contentOf } from "../../foundation/accepted.ts";
import type { Credential } from "../../foundation/credentials.ts";
import type { Platform } from "../../foundation/index.ts";
import type { MountedCredential } from "../../foundation/mounted-credential.ts";
import type { ContainerResources, VolumeSize } from "../../foundation/resources.ts";
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
 * Secret changes.
 */
export class Redis extends pulumi.ComponentResource {
  /** Address of the server, `HOST:PORT`, once it is ready. */
  readonly endpoint: pulumi.Output<string>;
  /** The password that readers mount, once the server accepts it. */
  readonly credential: MountedCredential;

  constructor(name: string, args: RedisArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:data:Redis", name, {}, options);
    const { platform } = args;
    const login = { password: args.password.value };
    const server = new StatefulServer(
      `${name}-server`,
      {
        platform,
        server: serviceNames.redis,
        component: "cache",
        port: servicePorts.redis,
        storage: args.storage,
        files: configurationFiles(args),
        accepted: login,
        published: { name: "redis-credentials", type: "redis", entries: login },
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
    this.registerOutputs({ endpoint: this.endpoint });
  }
}
