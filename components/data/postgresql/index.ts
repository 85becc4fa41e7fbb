import * as pulumi from "@pulumi/pulumi";
import { serviceNames, servicePorts } from "../../contract/runtime.ts";
import { contentOf } from "../../foundation/accepted.ts";
import { namesNoSecret } from "../../foundation/audit.ts";
import type { Demand } from "../../foundation/capacity-demand.ts";
import type { Credential } from "../../foundation/credentials.ts";
import type { Platform } from "../../foundation/index.ts";
import type { MountedCredential } from "../../foundation/mounted-credential.ts";
import type { ContainerResources, VolumeSize } from "../../foundation/resources.ts";
import type { PublishedSecret } from "../../foundation/secret-revision.ts";
import { monitoringPasswordEntry, monitoringUser } from "../monitoring.ts";
import { StatefulServer } from "../stateful-server.ts";
import { configurationFiles, type PostgresqlParameters } from "./configuration.ts";
import { postgresqlPod } from "./pod.ts";

export interface PostgresqlArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference of the official Debian image, version 17 or 18. */
  readonly image: string;
  /** Name of the database. */
  readonly database: string;
  /** Role that owns the database; logins are named after it. */
  readonly owner: string;
  /** Password of the platform's login. */
  readonly password: Credential;
  /** Password of the login that reads statistics. */
  readonly monitoringPassword: Credential;
  /** Parameters of postgresql.conf. */
  readonly parameters: PostgresqlParameters;
  /** CPU and memory of the server. */
  readonly resources: ContainerResources;
  /** The data volume. */
  readonly storage: VolumeSize;
}

/**
 * PostgreSQL in its embedded form: one server, the platform's record.
 *
 * Each password has a login of its own. The server restarts to take a new one beside those that readers may still use;
 * when it is ready, the readers' Secret changes. Who reads its statistics has one login, and changes over after it.
 */
export class Postgresql extends pulumi.ComponentResource {
  /** Address of the server, `HOST:PORT`, once it is ready. */
  readonly endpoint: pulumi.Output<string>;
  /** The login that readers mount, once the server accepts it. */
  readonly credential: MountedCredential;
  /** The login that reads statistics. */
  readonly monitoring: PublishedSecret;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: PostgresqlArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:data:Postgresql", name, {}, options);
    const { platform, database, owner, password } = args;
    const revision = platform.revisionOf(pulumi.interpolate`${owner}:${password.value}`);
    const login = { username: pulumi.interpolate`${owner}_${revision}`, password: password.value };
    const monitoring = { username: pulumi.output(monitoringUser), password: args.monitoringPassword.value };
    const server = new StatefulServer(
      `${name}-server`,
      {
        platform,
        server: serviceNames.database,
        component: "database",
        port: servicePorts.database,
        storage: args.storage,
        files: configurationFiles(args),
        fileExceptions: namesNoSecret("KSV-01010", "KSV-0109"),
        accepted: { ...login, [monitoringPasswordEntry]: monitoring.password },
        type: "postgresql",
        published: { name: "database-credentials", entries: { ...login, database } },
        monitoring: { name: "database-monitoring-credentials", entries: { ...monitoring, database } },
        pod: postgresqlPod(args),
      },
      { parent: this },
    );
    this.endpoint = server.endpoint;
    this.credential = {
      credential: "database",
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
