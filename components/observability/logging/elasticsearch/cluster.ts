import type { IElasticsearch } from "@kubernetes-models/elastic-cloud/elasticsearch.k8s.elastic.co/v1/Elasticsearch";
import type { INodeSet } from "@kubernetes-models/elastic-cloud/elasticsearch.k8s.elastic.co/v1/NodeSet";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../../contract/systems.ts";
import { contentOf } from "../../../foundation/accepted.ts";
import type { Demand } from "../../../foundation/capacity-demand.ts";
import { customResource, type DeepInput } from "../../../foundation/custom-resource.ts";
import type { Platform } from "../../../foundation/index.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import type { ContainerResources, VolumeSize } from "../../../foundation/resources.ts";
import { System } from "../../../foundation/system.ts";
import type { SystemPod } from "../../../foundation/system-pod.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { MountedCertificate } from "../certificates.ts";
import { claimOf, internalContainers } from "../operator.ts";
import type { OperatorForm, Snapshots } from "./forms.ts";
import { type Login, setupLogin, type UserCredentials, userFiles } from "./users.ts";

export interface ElasticsearchClusterArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference of the official image, of the form's version. */
  readonly image: string;
  /** CPU and memory of each node; half of the memory is the Java heap. */
  readonly resources: ContainerResources;
  /** The volume of each node. */
  readonly storage: VolumeSize;
  /** Passwords of its users. */
  readonly credentials: UserCredentials;
  /** Its server certificate, for clients; between nodes the operator issues its own. */
  readonly certificate: MountedCertificate;
  readonly form: OperatorForm;
}

/** What 3.5 of the operator knows besides: https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/advanced-elasticsearch-node-scheduling */
interface Model extends Omit<IElasticsearch, "spec"> {
  readonly spec: Omit<NonNullable<IElasticsearch["spec"]>, "nodeSets"> & {
    readonly nodeSets: (INodeSet & { readonly zoneAwareness: { readonly topologyKey?: string } })[];
  };
}

const workload = systemNames.elasticsearch;

/** Name of the one set of nodes: the data of all ages stays on them. */
const nodeSet = "hot";

/** Name of the Service with the address of every node, ready or not; the operator makes it. */
export const nodesService = `${workload}-es-${nodeSet}`;

/** Minutes that the operator may take to start the nodes, or to restart them one after the other. */
const patience = "60m";

/** Elasticsearch as a resource of Elastic's operator: nodes over zones, TLS between them, users and roles from Secrets. */
export class ElasticsearchCluster extends pulumi.ComponentResource {
  /** DNS name, known once the operator has made what was asked for. */
  readonly host: pulumi.Output<string>;
  /** A superuser's login, whose name is of the users' revision: a node that accepts it accepts all of them. */
  readonly setup: Login;
  /** Changes exactly when the users do. */
  readonly usersRevision: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: ElasticsearchClusterArgs, options?: pulumi.ComponentResourceOptions) {
    // The type of the embedded server: where a stack changes its form, what both have stays.
    super("iot:observability:ElasticsearchServer", name, {}, options);
    const { platform, credentials, form, storage } = args;
    const files = userFiles(platform, credentials);
    const roles = pulumi.output(textBeside(import.meta.url, "roles.yml"));
    this.usersRevision = platform.revisionOf(contentOf({ ...files, roles }));
    const setup = setupLogin(platform, credentials, this.usersRevision);
    this.setup = setup.login;
    const secrets = {
      users: this.createSecret(`${name}-users`, args, {
        name: "elasticsearch-users",
        stringData: {
          users: pulumi.interpolate`${files.users}${setup.files.users}`,
          users_roles: pulumi.interpolate`${files.users_roles}${setup.files.users_roles}`,
        },
      }),
      roles: this.createSecret(`${name}-roles`, args, {
        name: "elasticsearch-roles",
        stringData: { "roles.yml": roles },
      }),
    };
    const system = new System(
      `${name}-system`,
      {
        platform,
        workload,
        component: "logging",
        replicas: form.nodes,
        ports: { https: systemPorts.elasticsearch.https },
        pod: podOf(args),
        operated: {
          // It asks Elasticsearch whether it can do without a node.
          budget: "operator",
          isHeadless: true,
          volume: storage.size,
          resource: (resource, template, parent) =>
            createResource(resource, { ...args, ...secrets, template }, parent),
        },
      },
      { parent: this },
    );
    this.host = system.host;
    this.demand = system.demand;
    this.registerOutputs({ host: this.host });
  }

  private createSecret(
    name: string,
    { platform }: ElasticsearchClusterArgs,
    {
      name: secret,
      stringData,
    }: { readonly name: string; readonly stringData: Record<string, pulumi.Output<string>> },
  ): pulumi.Output<string> {
    const { namespace } = platform;
    const metadata = metadataOf({ name: secret, namespace, workload, component: "logging" });
    return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent: this }).metadata.name;
  }
}

/**
 * What the operator does not set itself. The image's group is 0, to which its files belong.
 * https://www.elastic.co/docs/deploy-manage/deploy/cloud-on-k8s/customize-pods
 */
function podOf({ image, resources, form }: ElasticsearchClusterArgs): SystemPod {
  return {
    user: { uid: 1000, gid: 0 },
    ...(form.snapshots && { initContainers: internalContainers(["elastic-internal-init-keystore"], image) }),
    containers: [{ name: workload, image, resources }],
    // Over zones and machines, which would be left to constraints given here.
    placement: "operator",
    // Its hook tells the other nodes, and waits until no client is sent here.
    terminationGracePeriodSeconds: 180,
  };
}

interface ResourceArgs extends ElasticsearchClusterArgs {
  readonly template: k8s.types.input.core.v1.PodTemplateSpec;
  /** Names of the Secrets with users and roles. */
  readonly users: pulumi.Output<string>;
  readonly roles: pulumi.Output<string>;
}

function createResource(name: string, args: ResourceArgs, parent: pulumi.Resource) {
  const { platform, image, form, storage, certificate, users, roles } = args;
  return customResource<Model>(
    name,
    {
      apiVersion: "elasticsearch.k8s.elastic.co/v1",
      kind: "Elasticsearch",
      metadata: metadataOf({
        name: workload,
        namespace: platform.namespace,
        workload,
        component: "logging",
      }),
      spec: {
        version: form.version,
        image,
        auth: { fileRealm: [{ secretName: users }], roles: [{ secretName: roles }] },
        http: { tls: { certificate: { secretName: certificate.secret } } },
        ...(form.snapshots && { secureSettings: [keysOf(form.snapshots)] }),
        updateStrategy: { changeBudget: { maxUnavailable: 1 } },
        // With a volume goes its data: only what was moved to other nodes before.
        volumeClaimDeletePolicy: "DeleteOnScaledownOnly",
        nodeSets: [
          {
            name: nodeSet,
            count: form.nodes,
            zoneAwareness: {},
            config: settingsOf(form),
            podTemplate: args.template as DeepInput<INodeSet["podTemplate"]>,
            volumeClaimTemplates: [claimOf("elasticsearch-data", storage)],
          },
        ],
      },
      awaits: ["condition=ElasticsearchIsReachable", "condition=ReconciliationComplete"],
    },
    { parent, customTimeouts: { create: patience, update: patience, delete: "15m" } },
  );
}

/** Beside those that the operator sets: network, discovery, TLS, paths, zone of each node. */
function settingsOf({ memoryMaps, snapshots }: OperatorForm): Record<string, pulumi.Input<unknown>> {
  return {
    "node.roles": ["master", "data_content", "data_hot", "ingest"],
    "node.store.allow_mmap": memoryMaps === "used",
    // Not used here; the first needs native programs, the second downloads from the internet.
    "xpack.ml.enabled": false,
    "ingest.geoip.downloader.enabled": false,
    "xpack.watcher.enabled": false,
    ...(snapshots && {
      "s3.client.default.endpoint": snapshots.endpoint,
      "s3.client.default.region": snapshots.region,
      "s3.client.default.path_style_access": true,
    }),
  };
}

/** The key pair as entries of Elasticsearch's keystore. */
function keysOf({ credential }: Snapshots) {
  return {
    secretName: credential.secret,
    entries: [
      { key: "access-key-id", path: "s3.client.default.access_key" },
      { key: "secret-access-key", path: "s3.client.default.secret_key" },
    ],
  };
}
