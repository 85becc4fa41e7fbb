import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../../contract/systems.ts";
import { namesNoSecret } from "../../../foundation/audit.ts";
import type { Demand } from "../../../foundation/capacity-demand.ts";
import type { Platform } from "../../../foundation/index.ts";
import { bytesOf, memoryQuantity } from "../../../foundation/quantity.ts";
import { type ContainerResources, heapOf } from "../../../foundation/resources.ts";
import { System } from "../../../foundation/system.ts";
import type { SystemPod } from "../../../foundation/system-pod.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { MountedCertificate } from "../certificates.ts";
import type { ElasticsearchLogin } from "../elasticsearch/login.ts";

export interface LogstashArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Complete reference of the official image, version 9. */
  readonly image: string;
  /** CPU and memory; half of the memory is the Java heap. */
  readonly resources: ContainerResources;
  /** Size of the queue on disk, as a Kubernetes quantity. */
  readonly queueSize: string;
  /** Its server certificate, and the authority by which it judges its clients. */
  readonly certificate: MountedCertificate;
  /** Its login to Elasticsearch. */
  readonly login: ElasticsearchLogin;
}

/** Logstash, which takes lines from the shipper and makes documents of them. */
export class Logstash extends pulumi.ComponentResource {
  /** DNS name, known once it is ready. */
  readonly host: pulumi.Output<string>;
  /** What it may ask of the namespace. */
  readonly demand: Demand;

  constructor(name: string, args: LogstashArgs, options?: pulumi.ComponentResourceOptions) {
    super("iot:observability:Logstash", name, {}, options);
    const system = new System(
      `${name}-system`,
      {
        platform: args.platform,
        workload: systemNames.logstash,
        component: "logging",
        replicas: 1,
        ports: systemPorts.logstash,
        pod: podOf(args),
      },
      { parent: this },
    );
    this.host = system.host;
    this.demand = system.demand;
    this.registerOutputs({ host: this.host });
  }
}

/** The official image: user 1000. Its entry point is not used: it writes into the configuration. */
function podOf({ image, resources, queueSize, certificate, login }: LogstashArgs): SystemPod {
  return {
    user: { uid: 1000, gid: 1000 },
    containers: [
      {
        name: systemNames.logstash,
        image,
        command: ["bash", "/etc/logstash/start.sh"],
        env: [{ name: "LS_JAVA_OPTS", value: memoryOptions(resources.limits.memory) }],
        resources,
        ...probes,
      },
    ],
    files: {
      directory: "/etc/logstash",
      content: filesOf(queueSize),
      exceptions: namesNoSecret("KSV-01010", "KSV-0109"),
    },
    secrets: [
      { name: "certificate", directory: "/run/secrets/certificate", ...certificate },
      {
        name: "elasticsearch",
        directory: "/run/secrets/elasticsearch",
        secret: login.secret,
        revision: login.revision,
      },
    ],
    scratch: [
      {
        name: "data",
        directory: "/var/lib/logstash",
        size: dataSize(queueSize),
      },
      { name: "tmp", directory: "/tmp", size: "128Mi" },
    ],
    // To write what is in its queue, which is gone with the pod.
    terminationGracePeriodSeconds: 300,
  };
}

/**
 * Options of the Java VM: half of the memory as heap, where buffers of connections are too, hence little beside it, which by
 * default would be as much again; no dumps, which would fill the volumes.
 */
function memoryOptions(memory: string): string {
  const heap = Math.floor(heapOf(memory) / 2 ** 20);
  const direct = Math.floor(heap / 4);
  return `-Xms${heap}m -Xmx${heap}m -XX:MaxDirectMemorySize=${direct}m -XX:-HeapDumpOnOutOfMemoryError`;
}

/** The queue, which may go beyond its size by a page, and little besides. */
function dataSize(queueSize: string): string {
  return memoryQuantity((bytesOf(queueSize) ?? 0) + 128 * 2 ** 20);
}

function filesOf(queueSize: string): Record<string, string> {
  const names = ["pipeline.conf", "fields.rb", "log4j2.properties", "start.sh"];
  const mebibytes = Math.floor((bytesOf(queueSize) ?? 0) / 2 ** 20);
  return {
    "logstash.yml": `${textBeside(import.meta.url, "logstash.yml")}queue.max_bytes: ${mebibytes}mb\n`,
    ...Object.fromEntries(names.map((name) => [name, textBeside(import.meta.url, name)])),
  };
}

/** Started: the program answers, within 5 minutes. Ready: the pipeline is there, and takes lines. Alive: it still answers. */
const probes = {
  startupProbe: { httpGet: { path: "/", port: "api" }, periodSeconds: 5, failureThreshold: 60 },
  readinessProbe: {
    httpGet: { path: "/_node/pipelines/logs", port: "api" },
    periodSeconds: 10,
    timeoutSeconds: 5,
  },
  livenessProbe: {
    httpGet: { path: "/", port: "api" },
    periodSeconds: 20,
    timeoutSeconds: 10,
    failureThreshold: 6,
  },
};
