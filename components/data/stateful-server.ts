import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { contentOf } from "../foundation/accepted.ts";
import { createAccount } from "../foundation/account.ts";
import { type AuditException, auditExceptions, publishedExceptions } from "../foundation/audit.ts";
import type { Demand } from "../foundation/capacity-demand.ts";
import type { Platform } from "../foundation/index.ts";
import { type Component, selectorLabels } from "../foundation/labels.ts";
import { metadataOf } from "../foundation/metadata.ts";
import { claimTemplate, type VolumeSize } from "../foundation/resources.ts";
import { hostOnceReady, skipServiceAwait } from "../foundation/service.ts";
import { type ServerPod, serverPodTemplate, sharesOfServer } from "./server-pod.ts";

type Entries = Readonly<Record<string, pulumi.Output<string>>>;

export interface StatefulServerArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Name of the StatefulSet and of the Service that clients use: a DNS label. */
  readonly server: string;
  /** The part that it plays. */
  readonly component: Component;
  /** TCP port of the server. */
  readonly port: number;
  /** The data volume; it outlives pods and the StatefulSet. */
  readonly storage: VolumeSize;
  /** Files of its configuration by name. */
  readonly files: Readonly<Record<string, string>>;
  /** Checks that the ConfigMap of these files does not pass. @default none */
  readonly fileExceptions?: readonly AuditException[];
  /** What the server has to accept, one file for each entry. */
  readonly accepted: Entries;
  /** Kind of the service in its readers' Secrets, such as `postgresql`. */
  readonly type: string;
  /** The Secret for readers, written once the server is ready. */
  readonly published: PublishedSecret;
  /** The Secret for the reader of the server's own statistics, likewise. */
  readonly monitoring: PublishedSecret;
  readonly pod: ServerPod;
}

/** A Secret for readers, with the entries of the Service Binding specification. */
interface PublishedSecret {
  readonly name: string;
  /** Besides type, host and port. */
  readonly entries: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * A single server with a volume of its own, behind a headless Service for its pod and a Service for its clients.
 *
 * A credential has two Secrets: one tells the server what to accept, the other tells readers what to use. The second
 * changes only when the server is ready with the first.
 */
export class StatefulServer extends pulumi.ComponentResource {
  /** Address of the clients' Service, `HOST:PORT`, once the server is ready. */
  readonly endpoint: pulumi.Output<string>;
  /** Name of the readers' Secret, once it is written. */
  readonly publishedSecret: pulumi.Output<string>;
  /** Name of the Secret with the login that reads statistics, once it is written. */
  readonly monitoringSecret: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: StatefulServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:data:StatefulServer", name, {}, options);
    const revision = args.platform.revisionOf(contentOf(args.accepted));
    const { server: workload, component, platform } = args;
    const account = createAccount(
      `${name}-account`,
      { namespace: platform.namespace, workload, component },
      this,
    );
    const configuration = this.createConfiguration(`${name}-configuration`, args);
    const accepted = this.createAcceptedSecret(`${name}-accepted`, args, revision);
    const pods = this.createHeadlessService(`${name}-pods`, args);
    const statefulSet = this.createStatefulSet(`${name}-statefulset`, args, {
      governingService: pods.metadata.name,
      template: serverPodTemplate({
        ...args,
        revision,
        account: account.metadata.name,
        configMap: configuration.metadata.name,
        acceptedSecret: accepted.metadata.name,
        publishedSecret: args.published.name,
      }),
    });
    const service = this.createClientService(`${name}-service`, args);
    const host = hostOnceReady(args.platform, service, statefulSet);
    this.endpoint = pulumi.interpolate`${host}:${args.port}`;
    const publish = (role: string, secret: PublishedSecret) =>
      this.createPublishedSecret(`${name}-${role}`, { ...args, host, secret }).metadata.name;
    this.publishedSecret = publish("published", args.published);
    this.monitoringSecret = publish("monitoring", args.monitoring);
    // The pod goes before its successor comes.
    this.demand = {
      workload: args.server,
      pods: 1,
      ...sharesOfServer(args.pod),
      volumes: [args.storage.size],
    };
    this.registerOutputs({ endpoint: this.endpoint });
  }

  private createConfiguration(name: string, args: StatefulServerArgs) {
    return new k8s.core.v1.ConfigMap(
      name,
      {
        metadata: {
          ...metadata(args, `${args.server}-configuration`),
          ...(args.fileExceptions && { annotations: auditExceptions(args.fileExceptions) }),
        },
        data: args.files,
      },
      { parent: this },
    );
  }

  /** The revision tells the pod whether what it sees is what it was made for. */
  private createAcceptedSecret(name: string, args: StatefulServerArgs, revision: pulumi.Output<string>) {
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: metadata(args, `${args.server}-accepted-credentials`),
        stringData: { ...args.accepted, revision },
      },
      { parent: this },
    );
  }

  /** https://servicebinding.io/spec/core/1.1.0/#well-known-secret-entries */
  private createPublishedSecret(
    name: string,
    args: StatefulServerArgs & { readonly host: pulumi.Output<string>; readonly secret: PublishedSecret },
  ) {
    const { type, host, port, secret } = args;
    return new k8s.core.v1.Secret(
      name,
      {
        metadata: metadata(args, secret.name),
        type: `servicebinding.io/${type}`,
        stringData: { type, host, port: String(port), ...secret.entries },
      },
      { parent: this },
    );
  }

  /** Gives the pod a name of its own; also while it is not ready, so that it can be looked at then. */
  private createHeadlessService(name: string, args: StatefulServerArgs) {
    return new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadata(args, `${args.server}-pods`), annotations: skipServiceAwait },
        spec: { clusterIP: "None", publishNotReadyAddresses: true, ...selection(args) },
      },
      { parent: this },
    );
  }

  private createClientService(name: string, args: StatefulServerArgs) {
    return new k8s.core.v1.Service(
      name,
      {
        metadata: { ...metadata(args, args.server), annotations: skipServiceAwait },
        spec: { type: "ClusterIP", ...selection(args) },
      },
      { parent: this },
    );
  }

  private createStatefulSet(
    name: string,
    args: StatefulServerArgs,
    spec: { governingService: pulumi.Output<string>; template: k8s.types.input.core.v1.PodTemplateSpec },
  ) {
    return new k8s.apps.v1.StatefulSet(
      name,
      {
        metadata: { ...metadata(args, args.server), annotations: exceptionsOf(args) },
        spec: {
          replicas: 1,
          serviceName: spec.governingService,
          // In order, a pod that cannot become ready would keep its own repaired successor from being made:
          // https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback
          podManagementPolicy: "Parallel",
          selector: { matchLabels: selectorLabels(args.server) },
          persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
          template: spec.template,
          volumeClaimTemplates: [claimTemplate(args.storage)],
        },
      },
      // A claim is what it was made as. Replacing the StatefulSet would stop the server and not change the claim.
      { parent: this, ignoreChanges: ["spec.volumeClaimTemplates"] },
    );
  }
}

function exceptionsOf({ pod: { container, preparation, user } }: StatefulServerArgs) {
  const images = [container, ...(preparation ? [preparation] : [])].map(({ image }) => image);
  return auditExceptions(publishedExceptions({ images, user }));
}

function metadata({ platform, server, component }: StatefulServerArgs, name: string) {
  return metadataOf({ name, namespace: platform.namespace, workload: server, component });
}

function selection({ server, port, pod }: StatefulServerArgs) {
  const { name } = pod.container;
  return {
    selector: selectorLabels(server),
    ports: [{ name, port, targetPort: name, protocol: "TCP" }],
  };
}
