import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../../contract/systems.ts";
import { namesNoSecret } from "../../../foundation/audit.ts";
import type { Demand } from "../../../foundation/capacity-demand.ts";
import type { Platform } from "../../../foundation/index.ts";
import { bytesOf } from "../../../foundation/quantity.ts";
import type { ContainerResources } from "../../../foundation/resources.ts";
import { System } from "../../../foundation/system.ts";
import type { SystemPod } from "../../../foundation/system-pod.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { MountedCertificate } from "../certificates.ts";
import type { OperatorForm } from "../elasticsearch/forms.ts";
import type { ElasticsearchLogin } from "../elasticsearch/login.ts";
import { operatedLogstash } from "./operated.ts";
import { dataSize, memoryOptions, probesAt } from "./program.ts";

export interface LogstashArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Who runs it in place of a Deployment. @default nobody */
  readonly operator?: Pick<OperatorForm, "version" | "queueClass"> | undefined;
  /** Number of pods. @default 1 */
  readonly replicas?: number;
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
    const { operator, replicas = 1 } = args;
    const system = new System(
      `${name}-system`,
      {
        platform: args.platform,
        workload: systemNames.logstash,
        component: "logging",
        replicas,
        ...(operator
          ? operatedLogstash({ ...args, operator, replicas })
          : { ports: systemPorts.logstash, pod: podOf(args) }),
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
        ...probesAt("api"),
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

function filesOf(queueSize: string): Record<string, string> {
  const names = ["pipeline.conf", "fields.rb", "log4j2.properties", "start.sh"];
  const mebibytes = Math.floor((bytesOf(queueSize) ?? 0) / 2 ** 20);
  return {
    "logstash.yml": `${textBeside(import.meta.url, "logstash.yml")}queue.max_bytes: ${mebibytes}mb\n`,
    ...Object.fromEntries(names.map((name) => [name, textBeside(import.meta.url, name)])),
  };
}
