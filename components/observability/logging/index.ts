import * as pulumi from "@pulumi/pulumi";
import { systemNames } from "../../contract/systems.ts";
import type { Demand } from "../../foundation/capacity-demand.ts";
import type { Credential } from "../../foundation/credentials.ts";
import type { Platform } from "../../foundation/index.ts";
import {
  type CertificateArgs,
  CertificateAuthority,
  issueCertificate,
  type MountedCertificate,
} from "./certificates.ts";
import type { LoggingForm } from "./elasticsearch/forms.ts";
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
  /** Who runs Elasticsearch; where an operator does, it runs the other three, too. */
  readonly form: LoggingForm;
  readonly elasticsearch: Pick<ElasticsearchArgs, "image" | "resources" | "storage" | "logs" | "traces">;
  readonly logstash: Pick<LogstashArgs, "image" | "resources" | "queueSize" | "replicas">;
  readonly kibana: Pick<KibanaArgs, "image" | "resources" | "replicas">;
  readonly filebeat: Pick<FilebeatArgs, "image" | "resources" | "nodes" | "linesPerMinute">;
}

/**
 * Logs: Filebeat takes them from the nodes, Logstash makes documents of them, Elasticsearch keeps and Kibana searches them. All
 * of it talks TLS, under certificates of a private authority.
 */
export class Logging extends pulumi.ComponentResource {
  /** The logins to Elasticsearch of the programs. */
  readonly logins: Readonly<Record<ElasticsearchClient, ElasticsearchLogin>>;
  /** Who the prober is to Logstash, which asks everybody, and by which authority to judge all of them. */
  readonly proberCertificate: MountedCertificate;
  /** URL of Elasticsearch inside the cluster, once it is set up. */
  readonly elasticsearchUrl: pulumi.Output<string>;
  /** URL of Kibana inside the cluster, once it is ready. */
  readonly kibanaUrl: pulumi.Output<string>;
  /** Name of the Secret for people: entries `username`, `password`, `url`, `kibana-url`, `ca.crt`. */
  readonly secret: pulumi.Output<string>;
  /** What all but the shipper may ask of the platform's namespace. */
  readonly demands: readonly Demand[];
  /** What the shipper may ask of its own. */
  readonly shipperDemands: readonly Demand[];

  constructor(name: string, args: LoggingArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Logging", name, {}, options);
    const { platform, credentials, form } = args;
    const authority = new CertificateAuthority(`${name}-certificates`, { platform }, { parent: this });
    const certificates = issueAll(name, { platform, authority, form }, this);
    const trusted = form.kind === "external" ? pulumi.output(form.authority) : authority.certificate;
    const operator = form.kind === "operator" ? form : undefined;
    const elasticsearch = new Elasticsearch(
      `${name}-elasticsearch`,
      {
        platform,
        credentials,
        form,
        certificate: certificates.elasticsearch,
        authority: trusted,
        ...args.elasticsearch,
      },
      { parent: this },
    );
    const { logins } = elasticsearch;
    const kibana = new Kibana(
      `${name}-kibana`,
      {
        platform,
        operator,
        certificate: certificates.kibana,
        authority: form.kind === "external" ? trusted : undefined,
        elasticsearch: logins.kibana,
        login: loginOf(platform, "kibana", credentials.kibana.value),
        encryption: credentials.kibanaEncryption,
        ...args.kibana,
      },
      { parent: this },
    );
    const logstash = new Logstash(
      `${name}-logstash`,
      { platform, operator, certificate: certificates.logstash, login: logins.logstash, ...args.logstash },
      { parent: this },
    );
    const filebeat = new Filebeat(
      `${name}-filebeat`,
      { platform, operator, certificate: certificates.filebeat, ...args.filebeat },
      { parent: this },
    );

    this.logins = logins;
    this.proberCertificate = certificates.prober;
    this.elasticsearchUrl = logins.logstash.url;
    this.kibanaUrl = kibana.url;
    this.secret = elasticsearch.publishSuperuser(
      `${name}-elasticsearch-people-login`,
      { "kibana-url": kibana.url },
      this,
    );
    this.demands = [...elasticsearch.demands, kibana.demand, logstash.demand];
    this.shipperDemands = [filebeat.demand];
    this.registerOutputs({ kibanaUrl: this.kibanaUrl, secret: this.secret });
  }
}

/** A certificate for each of the servers, and for each client that Logstash is to let in. */
function issueAll(
  name: string,
  {
    platform,
    authority,
    form,
  }: Pick<CertificateArgs, "platform" | "authority"> & { readonly form: LoggingForm },
  parent: pulumi.Resource,
) {
  const issue = (
    workload: string,
    role: CertificateArgs["role"],
    namespace: pulumi.Input<string> = platform.namespace,
  ) =>
    issueCertificate(`${name}-${workload}-tls`, { platform, authority, workload, role, namespace }, parent);
  return {
    elasticsearch: form.kind === "external" ? undefined : issue(systemNames.elasticsearch, "server"),
    kibana: issue(systemNames.kibana, "server"),
    logstash: issue(systemNames.logstash, "server"),
    filebeat: issue(systemNames.filebeat, "client", platform.shipperNamespace),
    prober: issue(systemNames.probes, "client"),
  };
}
