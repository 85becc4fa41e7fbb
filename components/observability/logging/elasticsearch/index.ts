import * as pulumi from "@pulumi/pulumi";
import type { Demand } from "../../../foundation/capacity-demand.ts";
import { type ElasticsearchClient, elasticsearchClients } from "../names.ts";
import { type ElasticsearchLogin, type PublishedLoginArgs, publishLogin } from "./login.ts";
import { createServer, type RunningServer, type ServerArgs } from "./server-forms.ts";
import { ElasticsearchSetup, type ElasticsearchSetupArgs } from "./setup.ts";
import { type Login, loginOf } from "./users.ts";

export interface ElasticsearchArgs extends ServerArgs, Pick<ElasticsearchSetupArgs, "logs" | "traces"> {
  /** Certificate of the authority that has signed the server's, in PEM. */
  readonly authority: pulumi.Output<string>;
}

/** Clients that make indices. */
const writers: readonly ElasticsearchClient[] = ["logstash", "jaeger"];

/**
 * Elasticsearch, which keeps logs and traces: one server, or a cluster of an operator, or of somebody else.
 *
 * Each client has a login of its own, which it is told of once the server accepts it; who writes, once the policies and
 * templates of what it writes are there.
 */
export class Elasticsearch extends pulumi.ComponentResource {
  /** DNS name, once the server is set up. */
  readonly host: pulumi.Output<string>;
  /** The logins of the programs. */
  readonly logins: Readonly<Record<ElasticsearchClient, ElasticsearchLogin>>;
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];
  private readonly args: ElasticsearchArgs;
  private readonly server: RunningServer;

  constructor(name: string, args: ElasticsearchArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Elasticsearch", name, {}, options);
    this.args = args;
    this.server = createServer(`${name}-server`, args, this);
    const { host, setup, demands } = this.server;
    const login = this.publish(`${name}-setup-login`, {
      name: "elasticsearch-setup-credentials",
      login: setup.login,
      host,
    });
    const job = new ElasticsearchSetup(`${name}-setup`, { ...args, ...setup, login }, { parent: this });
    this.host = job.host;
    this.logins = this.publishLogins(name);
    this.demands = [...demands, job.demand];
    this.registerOutputs();
  }

  /** Publishes the login of people, with further entries. @returns name of the Secret */
  publishSuperuser(
    name: string,
    others: NonNullable<PublishedLoginArgs["others"]>,
    parent: pulumi.Resource,
  ): pulumi.Output<string> {
    const login = { name: "elasticsearch-credentials", login: this.server.superuser, host: this.host };
    return this.publish(name, { ...login, others }, parent).secret;
  }

  private publish(
    name: string,
    login: Pick<PublishedLoginArgs, "name" | "host" | "others"> & { readonly login: Login },
    parent: pulumi.Resource = this,
  ): ElasticsearchLogin {
    const { platform, authority } = this.args;
    const { port, place } = this.server;
    return publishLogin(name, { platform, authority, port, ...(place && { place }), ...login }, parent);
  }

  private publishLogins(name: string): Readonly<Record<ElasticsearchClient, ElasticsearchLogin>> {
    const { platform, credentials } = this.args;
    const entries = elasticsearchClients.map((client) => {
      const login = loginOf(platform, client, credentials[client].value);
      const waits = writers.includes(client) || this.server.accepts === "when set up";
      const host = waits ? this.host : this.server.host;
      return [
        client,
        this.publish(`${name}-${client}-login`, { name: `elasticsearch-${client}-credentials`, login, host }),
      ];
    });
    return Object.fromEntries(entries) as Readonly<Record<ElasticsearchClient, ElasticsearchLogin>>;
  }
}
