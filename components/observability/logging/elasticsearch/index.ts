import * as pulumi from "@pulumi/pulumi";
import type { Demand } from "../../../foundation/capacity-demand.ts";
import { type ElasticsearchClient, elasticsearchClients } from "../names.ts";
import { type ElasticsearchLogin, publishLogin } from "./login.ts";
import { ElasticsearchServer, type ElasticsearchServerArgs } from "./server.ts";
import { ElasticsearchSetup, type ElasticsearchSetupArgs } from "./setup.ts";
import { loginOf, superuserLogin } from "./users.ts";

export interface ElasticsearchArgs
  extends ElasticsearchServerArgs,
    Pick<ElasticsearchSetupArgs, "logs" | "traces"> {
  /** Certificate of the authority that has signed the server's, in PEM. */
  readonly authority: pulumi.Output<string>;
}

/** Clients that make indices. */
const writers: readonly ElasticsearchClient[] = ["logstash", "jaeger"];

/**
 * Elasticsearch: one server, which keeps logs and traces.
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

  constructor(name: string, args: ElasticsearchArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Elasticsearch", name, {}, options);
    const { platform, authority, credentials } = args;
    const server = new ElasticsearchServer(`${name}-server`, args, { parent: this });
    const login = publishLogin(
      `${name}-setup-login`,
      {
        platform,
        authority,
        name: "elasticsearch-setup-credentials",
        login: superuserLogin(credentials),
        host: server.host,
      },
      this,
    );
    const setup = new ElasticsearchSetup(`${name}-setup`, { ...args, login }, { parent: this });
    this.host = setup.host;
    this.logins = this.publishLogins(name, args, server);
    this.demands = [server.demand, setup.demand];
    this.registerOutputs();
  }

  private publishLogins(
    name: string,
    { platform, authority, credentials }: ElasticsearchArgs,
    server: ElasticsearchServer,
  ): Readonly<Record<ElasticsearchClient, ElasticsearchLogin>> {
    const entries = elasticsearchClients.map((client) => {
      const login = loginOf(platform, client, credentials[client].value);
      const secret = `elasticsearch-${client}-credentials`;
      const host = writers.includes(client) ? this.host : server.host;
      const args = { platform, name: secret, login, host, authority };
      return [client, publishLogin(`${name}-${client}-login`, args, this)];
    });
    return Object.fromEntries(entries) as Readonly<Record<ElasticsearchClient, ElasticsearchLogin>>;
  }
}
