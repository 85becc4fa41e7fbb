import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../../contract/systems.ts";
import { contentOf } from "../../../foundation/accepted.ts";
import { namesNoSecret } from "../../../foundation/audit.ts";
import type { Demand } from "../../../foundation/capacity-demand.ts";
import { credentialRevisionAnnotation } from "../../../foundation/checksum.ts";
import type { Platform } from "../../../foundation/index.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { bytesOf } from "../../../foundation/quantity.ts";
import type { ContainerResources, VolumeSize } from "../../../foundation/resources.ts";
import { System } from "../../../foundation/system.ts";
import type { SystemPod } from "../../../foundation/system-pod.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { MountedCertificate } from "../certificates.ts";
import { type UserCredentials, userFiles } from "./users.ts";

export interface ElasticsearchServerArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete image reference of the official image, version 9. */
  readonly image: string;
  /** CPU and memory, 1280Mi or more; half of the memory is the Java heap, or less where that is little. */
  readonly resources: ContainerResources;
  /** The volume of all indices. */
  readonly storage: VolumeSize;
  /** Passwords of its users. */
  readonly credentials: UserCredentials;
  /** Its server certificate. */
  readonly certificate: MountedCertificate;
}

const workload = systemNames.elasticsearch;

/** Its configuration: the keystore that it makes is beside the rest. */
const configurationDirectory = "/run/elasticsearch";

/** One Elasticsearch, with TLS and users from files. */
export class ElasticsearchServer extends pulumi.ComponentResource {
  /** DNS name, known once it is ready. */
  readonly host: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: ElasticsearchServerArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:ElasticsearchServer", name, {}, options);
    const files = userFiles(args.platform, args.credentials);
    const revision = args.platform.revisionOf(contentOf(files));
    const users = this.createUsers(`${name}-users`, args, { ...files, revision });
    const system = new System(
      `${name}-system`,
      {
        platform: args.platform,
        workload,
        component: "logging",
        replicas: 1,
        ports: { https: systemPorts.elasticsearch.https },
        data: { ...args.storage, directory: "/usr/share/elasticsearch/data" },
        pod: podOf(args, { secret: users.metadata.name, revision }),
      },
      { parent: this },
    );
    this.host = system.host;
    this.demand = system.demand;
    this.registerOutputs({ host: this.host });
  }

  private createUsers(
    name: string,
    { platform }: ElasticsearchServerArgs,
    stringData: Record<string, pulumi.Output<string>>,
  ) {
    const metadata = metadataOf({
      name: "elasticsearch-users",
      namespace: platform.namespace,
      workload,
      component: "logging",
    });
    return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent: this });
  }
}

interface Users {
  readonly secret: pulumi.Output<string>;
  readonly revision: pulumi.Output<string>;
}

/** The official image: user 1000. A certificate is read anew when it changes, so that alone does not roll the pod. */
function podOf(args: ElasticsearchServerArgs, users: Users): SystemPod {
  const { image, resources, certificate } = args;
  return {
    user: { uid: 1000, gid: 1000 },
    initContainers: [
      {
        name: "prepare",
        image,
        command: ["sh", "/etc/elasticsearch/prepare.sh"],
        env: [configurationPath, revisionOf("users")],
        resources: {
          requests: { cpu: "50m", memory: "64Mi" },
          limits: { cpu: "500m", memory: "64Mi" },
        },
        volumes: ["configuration", "users", "laid-out"],
      },
    ],
    containers: [
      {
        name: workload,
        image,
        env: [configurationPath],
        ports: [{ name: "readiness", containerPort: readinessPort, protocol: "TCP" }],
        resources,
        volumes: ["data", "laid-out", "certificate", "logs", "tmp"],
        ...probes,
      },
    ],
    files: {
      directory: "/etc/elasticsearch",
      exceptions: namesNoSecret("KSV-01010"),
      content: {
        "elasticsearch.yml": textBeside(import.meta.url, "elasticsearch.yml"),
        "roles.yml": textBeside(import.meta.url, "roles.yml"),
        "memory.options": memoryOptions(resources.limits.memory),
        "prepare.sh": textBeside(import.meta.url, "prepare.sh"),
      },
    },
    secrets: [
      { name: "users", directory: "/run/secrets/users", ...users },
      {
        name: "certificate",
        directory: `${configurationDirectory}/certs`,
        secret: certificate.secret,
        entries: ["tls.crt", "tls.key"],
      },
    ],
    scratch: [
      { name: "laid-out", directory: configurationDirectory, size: "16Mi", medium: "Memory" },
      { name: "logs", directory: "/usr/share/elasticsearch/logs", size: "64Mi" },
      { name: "tmp", directory: "/tmp", size: "256Mi" },
    ],
    // To write what is only in its transaction log.
    terminationGracePeriodSeconds: 120,
  };
}

const configurationPath = { name: "ES_PATH_CONF", value: configurationDirectory };

function revisionOf(secret: string) {
  return {
    name: `${secret.toUpperCase()}_REVISION`,
    valueFrom: { fieldRef: { fieldPath: `metadata.annotations['${credentialRevisionAnnotation(secret)}']` } },
  };
}

/** Beyond this, Java needs twice the space for each pointer. */
const mostHeap = 31 * 2 ** 30;

/** What it needs beside its heap however small that is: code, classes, threads, and buffers of up to half of the heap. */
const leastBeside = 768 * 2 ** 20;

/**
 * Options of the Java VM: half of the memory as heap, where that leaves enough beside it; no log of collections, nor dumps,
 * which would fill the volumes.
 */
function memoryOptions(memory: string): string {
  const bytes = bytesOf(memory) ?? 0;
  const heap = `${Math.floor(Math.min(bytes / 2, bytes - leastBeside, mostHeap) / 2 ** 20)}m`;
  return [
    `-Xms${heap}`,
    `-Xmx${heap}`,
    "-XX:-HeapDumpOnOutOfMemoryError",
    "-Xlog:disable",
    "-Xlog:all=warning:stderr:utctime,level,tags",
    "",
  ].join("\n");
}

/** `readiness.port` of elasticsearch.yml. */
const readinessPort = 9399;

/** Started: it listens, within 10 minutes. Ready: it is part of a cluster that has a master. Alive: it still listens. */
const probes = {
  startupProbe: { tcpSocket: { port: "https" }, periodSeconds: 5, failureThreshold: 120 },
  readinessProbe: { tcpSocket: { port: "readiness" }, periodSeconds: 5, timeoutSeconds: 3 },
  livenessProbe: { tcpSocket: { port: "https" }, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 6 },
};
