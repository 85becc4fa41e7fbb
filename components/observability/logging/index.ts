import * as pulumi from "@pulumi/pulumi";
import { systemNames } from "../../contract/systems.ts";
import type { Demand } from "../../foundation/capacity-demand.ts";
import type { Credential } from "../../foundation/credentials.ts";
import type { Platform } from "../../foundation/index.ts";
import { Certificates } from "./certificates.ts";
import { Elasticsearch, type ElasticsearchArgs } from "./elasticsearch/index.ts";
import type { ElasticsearchLogin } from "./elasticsearch/login.ts";
import { loginOf, type UserCredentials } from "./elasticsearch/users.ts";
import { Filebeat, type FilebeatArgs } from "./filebeat/index.ts";
import { Kibana, type KibanaArgs } from "./kibana/index.ts";
import { Logstash, type LogstashArgs } from "./logstash/index.ts";
import type { ElasticsearchClient } from "./names.ts";

export interface LoggingArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Passwords of Elasticsearch's users, and what Kibana encrypts with. */
  readonly credentials: UserCredentials & { readonly kibanaEncryption: Credential };
  readonly elasticsearch: Pick<ElasticsearchArgs, "image" | "resources" | "storage" | "logs" | "traces">;
  readonly logstash: Pick<LogstashArgs, "image" | "resources" | "queueSize">;
  readonly kibana: Pick<KibanaArgs, "image" | "resources">;
  readonly filebeat: Pick<FilebeatArgs, "image" | "resources" | "nodes" | "linesPerMinute">;
}

/**
 * Logs: Filebeat takes them from the nodes, Logstash makes documents of them, Elasticsearch keeps and Kibana searches them. All
 * of it talks TLS, under certificates of a private authority.
 */
export class Logging extends pulumi.ComponentResource {
  /** The logins to Elasticsearch of the programs. */
  readonly logins: Readonly<Record<ElasticsearchClient, ElasticsearchLogin>>;
  /** Name of the Secret with the authority's certificate, entry `ca.crt`. */
  readonly authoritySecret: pulumi.Output<string>;
  /** URL of Elasticsearch inside the cluster, once it is set up. */
  readonly elasticsearchUrl: pulumi.Output<string>;
  /** URL of Kibana inside the cluster, once it is ready. */
  readonly kibanaUrl: pulumi.Output<string>;
  /** Name of the Secret for people: entries `username`, `password`, `url`, `kibana-url`, `ca.crt`. */
  readonly secret: pulumi.Output<string>;
  /** Where Logstash takes lines: DNS name, once it does. */
  readonly logstashHost: pulumi.Output<string>;
  /** What all but the shipper may ask of the platform's namespace. */
  readonly demands: readonly Demand[];
  /** What the shipper may ask of its own. */
  readonly shipperDemands: readonly Demand[];

  constructor(name: string, args: LoggingArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Logging", name, {}, options);
    const { platform } = args;
    const certificates = new Certificates(`${name}-certificates`, { platform }, { parent: this });
    const elasticsearch = this.createElasticsearch(`${name}-elasticsearch`, args, certificates);
    const kibana = this.createKibana(`${name}-kibana`, args, { certificates, elasticsearch });
    const logstash = this.createLogstash(`${name}-logstash`, args, { certificates, elasticsearch });
    const filebeat = this.createFilebeat(`${name}-filebeat`, args, { certificates, logstash });

    this.logins = elasticsearch.logins;
    this.authoritySecret = certificates.authoritySecret;
    this.elasticsearchUrl = elasticsearch.logins.grafana.url;
    this.kibanaUrl = kibana.url;
    this.secret = elasticsearch.publishSuperuser(`${name}-elasticsearch-people-login`, kibana.url).secret;
    this.logstashHost = logstash.host;
    this.demands = [...elasticsearch.demands, kibana.demand, logstash.demand];
    this.shipperDemands = [filebeat.demand];
    this.registerOutputs({ kibanaUrl: this.kibanaUrl, secret: this.secret });
  }

  private createElasticsearch(name: string, args: LoggingArgs, certificates: Certificates) {
    const { platform, credentials } = args;
    const certificate = certificates.issue(
      `${name}-tls`,
      {
        workload: systemNames.elasticsearch,
        namespace: platform.namespace,
        role: "server",
      },
      this,
    );
    const { authority } = certificates;
    return new Elasticsearch(
      name,
      { platform, credentials, certificate, authority, ...args.elasticsearch },
      { parent: this },
    );
  }

  private createKibana(
    name: string,
    { platform, credentials, kibana }: LoggingArgs,
    { certificates, elasticsearch }: { certificates: Certificates; elasticsearch: Elasticsearch },
  ) {
    const certificate = certificates.issue(
      `${name}-tls`,
      {
        workload: systemNames.kibana,
        namespace: platform.namespace,
        role: "server",
      },
      this,
    );
    return new Kibana(
      name,
      {
        platform,
        certificate,
        elasticsearch: elasticsearch.logins.kibana,
        login: loginOf(platform, "kibana", credentials.kibana.value),
        encryption: credentials.kibanaEncryption,
        ...kibana,
      },
      { parent: this },
    );
  }

  private createLogstash(
    name: string,
    { platform, logstash }: LoggingArgs,
    { certificates, elasticsearch }: { certificates: Certificates; elasticsearch: Elasticsearch },
  ) {
    const certificate = certificates.issue(
      `${name}-tls`,
      {
        workload: systemNames.logstash,
        namespace: platform.namespace,
        role: "server",
      },
      this,
    );
    const login = elasticsearch.logins.logstash;
    return new Logstash(name, { platform, certificate, login, ...logstash }, { parent: this });
  }

  private createFilebeat(
    name: string,
    { platform, filebeat }: LoggingArgs,
    { certificates, logstash }: { certificates: Certificates; logstash: Logstash },
  ) {
    const certificate = certificates.issue(
      `${name}-tls`,
      {
        workload: systemNames.filebeat,
        namespace: platform.shipperNamespace,
        role: "client",
      },
      this,
    );
    return new Filebeat(
      name,
      { platform, certificate, logstash: logstash.host, ...filebeat },
      { parent: this },
    );
  }
}
