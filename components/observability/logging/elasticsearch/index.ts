import * as pulumi from "@pulumi/pulumi";
import type { Demand } from "../../../foundation/capacity-demand.ts";
import { type ElasticsearchClient, elasticsearchClients } from "../names.ts";
import { type ElasticsearchLogin, publishLogin } from "./login.ts";
import { ElasticsearchServer, type ElasticsearchServerArgs } from "./server.ts";
import { ElasticsearchSetup, type ElasticsearchSetupArgs } from "./setup.ts";
import { loginOf, superuser } from "./users.ts";

export interface ElasticsearchArgs
  extends ElasticsearchServerArgs,
    Pick<ElasticsearchSetupArgs, "logs" | "traces"> {
  /** Certificate of the authority that has signed the server's, in PEM. */
  readonly authority: pulumi.Output<string>;
}

/**
 * Elasticsearch in its embedded form: one server, which keeps logs and traces.
 *
 * Each client has a login of its own, which it is told of once the server accepts it and has its policies and templates.
 */
export class Elasticsearch extends pulumi.ComponentResource {
  /** The logins of the programs. */
  readonly logins: Readonly<Record<ElasticsearchClient, ElasticsearchLogin>>;
  /** What it may ask of the namespace. */
  readonly demands: readonly Demand[];
  /** DNS name, once the server is set up. */
  private readonly host: pulumi.Output<string>;
  private readonly args: ElasticsearchArgs;

  constructor(name: string, args: ElasticsearchArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Elasticsearch", name, {}, options);
    this.args = args;
    const server = new ElasticsearchServer(`${name}-server`, args, { parent: this });
    const login = this.superuserLogin(`${name}-setup-login`, "elasticsearch-setup-credentials", server.host);
    const setup = new ElasticsearchSetup(`${name}-setup`, { ...args, login }, { parent: this });
    this.host = setup.host;
    this.logins = this.publishLogins(name);
    this.demands = [server.demand, setup.demand];
    this.registerOutputs();
  }

  /** Publishes the login of the superuser, for people, with the URL of where they use it. */
  publishSuperuser(name: string, kibanaUrl: pulumi.Output<string>): ElasticsearchLogin {
    const others = { "kibana-url": kibanaUrl };
    return this.superuserLogin(name, "elasticsearch-credentials", this.host, others);
  }

  private superuserLogin(
    name: string,
    secret: string,
    host: pulumi.Output<string>,
    others: Readonly<Record<string, pulumi.Output<string>>> = {},
  ): ElasticsearchLogin {
    const { platform, authority, credentials } = this.args;
    const login = { username: pulumi.output(superuser), password: credentials.elastic.value };
    return publishLogin(name, { platform, name: secret, login, host, authority, others }, this);
  }

  private publishLogins(name: string): Readonly<Record<ElasticsearchClient, ElasticsearchLogin>> {
    const { platform, authority, credentials } = this.args;
    const entries = elasticsearchClients.map((client) => {
      const login = loginOf(platform, client, credentials[client].value);
      const secret = `elasticsearch-${client}-credentials`;
      const args = { platform, name: secret, login, host: this.host, authority };
      return [client, publishLogin(`${name}-${client}-login`, args, this)];
    });
    return Object.fromEntries(entries) as Readonly<Record<ElasticsearchClient, ElasticsearchLogin>>;
  }
}
