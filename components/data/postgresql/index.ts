import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { serviceNames, servicePorts } from "../../contract/runtime.ts";
import type { Credential } from "../../foundation/credentials.ts";
import type { Platform } from "../../foundation/index.ts";
import { workloadLabels } from "../../foundation/labels.ts";
import { type MountedCredential, secretMount } from "../../foundation/mounted-credential.ts";
import type { ContainerResources, VolumeSize } from "../../foundation/resources.ts";
import { StatefulServer } from "../stateful-server.ts";
import { configurationFiles, type PostgresqlParameters } from "./configuration.ts";
import { postgresqlPod } from "./pod.ts";

export interface PostgresqlArgs {
  readonly platform: Platform;
  /** Complete image reference of the official image, version 17 or newer. */
  readonly image: string;
  /** Name of the database. */
  readonly database: string;
  /** Role that owns the database; logins are named after it. */
  readonly owner: string;
  /** Password of the platform's login. */
  readonly password: Credential;
  readonly parameters: PostgresqlParameters;
  readonly resources: ContainerResources;
  readonly storage: VolumeSize;
}

/**
 * PostgreSQL in its embedded form: one server, the platform's record.
 *
 * A new password comes with a new login. The server restarts, takes the new login beside the old one, and only then
 * gets the Secret for readers its new content; the login before the old one is revoked.
 */
export class Postgresql extends pulumi.ComponentResource {
  /** Address of the server, `HOST:PORT`, once it is ready. */
  readonly endpoint: pulumi.Output<string>;
  /** The login that readers mount, once the server accepts it. */
  readonly credential: MountedCredential;

  constructor(name: string, args: PostgresqlArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:data:Postgresql", name, {}, options);
    const login = pulumi.interpolate`${args.owner}_${args.password.revision}`;
    const files = configurationFiles(args.parameters);
    const configuration = this.createConfiguration(`${name}-configuration`, args, files);
    const serverSecret = this.createServerSecret(`${name}-server-credentials`, args, login);
    const server = new StatefulServer(
      `${name}-server`,
      {
        platform: args.platform,
        server: serviceNames.database,
        component: "database",
        port: servicePorts.database,
        storage: args.storage,
        pod: postgresqlPod({
          ...args,
          files,
          configMap: configuration.metadata.name,
          secret: serverSecret.metadata.name,
        }),
      },
      { parent: this },
    );
    const readerSecret = this.createReaderSecret(`${name}-credentials`, args, { login, host: server.host });

    this.endpoint = pulumi.interpolate`${server.host}:${servicePorts.database}`;
    this.credential = secretMount("database", readerSecret, args.password.revision);
    this.registerOutputs({ endpoint: this.endpoint });
  }

  private createConfiguration(name: string, { platform }: PostgresqlArgs, data: Record<string, string>) {
    return new k8s.core.v1.ConfigMap(
      name,
      { metadata: metadataOf("postgresql-configuration", platform), data },
      { parent: this },
    );
  }

  private createServerSecret(
    name: string,
    { platform, password }: PostgresqlArgs,
    login: pulumi.Output<string>,
  ) {
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: metadataOf("postgresql-server-credentials", platform),
        stringData: { username: login, password: password.value },
      },
      { parent: this },
    );
  }

  /** Entries by the Service Binding specification: https://servicebinding.io/spec/core/1.1.0/#well-known-secret-entries */
  private createReaderSecret(
    name: string,
    { platform, password, database }: PostgresqlArgs,
    { login, host }: { login: pulumi.Output<string>; host: pulumi.Output<string> },
  ) {
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: metadataOf("database-credentials", platform),
        type: "servicebinding.io/postgresql",
        stringData: {
          type: "postgresql",
          host,
          port: String(servicePorts.database),
          database,
          username: login,
          password: password.value,
        },
      },
      { parent: this },
    );
  }
}

function metadataOf(name: string, platform: Platform) {
  return { name, namespace: platform.namespace, labels: workloadLabels(serviceNames.database, "database") };
}
