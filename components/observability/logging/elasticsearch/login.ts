import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../../contract/systems.ts";
import { contentOf } from "../../../foundation/accepted.ts";
import type { Platform } from "../../../foundation/index.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { authorityEntry } from "../names.ts";
import type { Login } from "./users.ts";

/** How a client reaches Elasticsearch. All of it is known once the server is ready for this client. */
export interface ElasticsearchLogin {
  /** DNS name of the server. */
  readonly host: pulumi.Output<string>;
  /** `https://HOST:PORT`. */
  readonly url: pulumi.Output<string>;
  /** Name of the Secret: entries `username`, `password`, `host`, `port`, `url`, and `ca.crt`, by which to judge the server. */
  readonly secret: pulumi.Output<string>;
  /** Changes exactly when what the Secret says does. */
  readonly revision: pulumi.Output<string>;
}

export interface PublishedLoginArgs {
  readonly platform: Platform;
  /** Name of the Secret. */
  readonly name: string;
  readonly login: Login;
  /** DNS name of the server, once it is ready for this client. */
  readonly host: pulumi.Output<string>;
  /** Certificate of the authority that has signed the server's, in PEM. */
  readonly authority: pulumi.Output<string>;
  /** @default Elasticsearch's own */
  readonly port?: number;
  /** Changes when the server is another one. @default the cluster's domain, from which its name follows */
  readonly place?: pulumi.Input<string>;
  /** Further entries. @default none */
  readonly others?: Readonly<Record<string, pulumi.Output<string>>>;
}

/** Publishes a login for whoever presents it. */
export function publishLogin(
  name: string,
  args: PublishedLoginArgs,
  parent: pulumi.Resource,
): ElasticsearchLogin {
  const { platform, host, login } = args;
  const port = args.port ?? systemPorts.elasticsearch.https;
  const url = pulumi.interpolate`https://${host}:${port}`;
  // The address follows from the domain, and is itself not known as long as the server is not ready.
  const told = { ...login, [authorityEntry]: args.authority };
  const place = pulumi.output(args.place ?? platform.clusterDomain);
  const stringData = { ...told, host, port: String(port), url, ...args.others };
  const metadata = metadataOf({
    name: args.name,
    namespace: platform.namespace,
    workload: systemNames.elasticsearch,
    component: "logging",
  });
  const secret = new k8s.core.v1.Secret(name, { metadata, stringData }, { parent });
  return {
    host,
    url,
    secret: secret.metadata.name,
    revision: platform.revisionOf(contentOf({ ...told, place })),
  };
}
