import type { ILogstash } from "@kubernetes-models/elastic-cloud/logstash.k8s.elastic.co/v1alpha1/Logstash";
import { parse } from "yaml";
import { systemNames, systemPorts } from "../../../contract/systems.ts";
import { namesNoSecret } from "../../../foundation/audit.ts";
import { customResource, type DeepInput } from "../../../foundation/custom-resource.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { bytesOf } from "../../../foundation/quantity.ts";
import type { SystemArgs } from "../../../foundation/system.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { OperatorForm } from "../elasticsearch/forms.ts";
import { claimOf, internalContainers } from "../operator.ts";
import type { LogstashArgs } from "./index.ts";
import { dataSize, memoryOptions, probesAt } from "./program.ts";

const workload = systemNames.logstash;
const directory = "/etc/logstash";

interface OperatedArgs extends LogstashArgs {
  readonly operator: Pick<OperatorForm, "version" | "queueClass">;
  readonly replicas: number;
}

/**
 * Logstash as a resource of Elastic's operator, with the queue of each pod on a volume of its own, which outlives the pod. Pipeline,
 * login and certificate are those of every form, hence no association of the operator's.
 */
export function operatedLogstash(args: OperatedArgs): Pick<SystemArgs, "ports" | "pod" | "operated"> {
  const { platform, operator, image, resources, replicas, queueSize, certificate, login } = args;
  return {
    ports: { beats: systemPorts.logstash.beats },
    pod: {
      user: { uid: 1000, gid: 1000 },
      initContainers: internalContainers(["logstash-internal-init-config"], image),
      containers: [
        {
          name: workload,
          image,
          command: ["bash", `${directory}/start.sh`],
          env: [{ name: "LS_JAVA_OPTS", value: memoryOptions(resources.limits.memory) }],
          ports: [{ name: operatorsPort, containerPort: systemPorts.logstash.api, protocol: "TCP" }],
          resources,
          ...probesAt(operatorsPort),
        },
      ],
      files: {
        directory,
        content: files,
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
      scratch: [{ name: "tmp", directory: "/tmp", size: "128Mi" }],
      terminationGracePeriodSeconds: 120,
    },
    operated: {
      budget: "platform",
      volume: dataSize(queueSize),
      resource: (name, template, parent) =>
        customResource<ILogstash>(
          name,
          {
            apiVersion: "logstash.k8s.elastic.co/v1alpha1",
            kind: "Logstash",
            metadata: metadataOf({
              name: workload,
              namespace: platform.namespace,
              workload,
              component: "logging",
            }),
            spec: {
              version: operator.version,
              image,
              count: replicas,
              config: settings,
              pipelines: [pipelineOf(queueSize)],
              // Nothing but probes can reach it, as in every form.
              services: [{ name: "api", tls: { selfSignedCertificate: { disabled: true } } }],
              podTemplate: template as DeepInput<NonNullable<ILogstash["spec"]>["podTemplate"]>,
              volumeClaimTemplates: [
                claimOf("logstash-data", { size: dataSize(queueSize), storageClass: operator.queueClass }),
              ],
            },
            awaits: ["jsonpath={.status.health}=green"],
          },
          { parent, customTimeouts: { create: "30m", update: "30m" } },
        ),
    },
  };
}

/** As the operator names the port of the API: under another name it would be there twice. */
const operatorsPort = "http";

/** Those of the other forms; the operator lays settings and pipelines out where the image has them. */
const files = {
  "pipeline.conf": textBeside(import.meta.url, "pipeline.conf"),
  "fields.rb": textBeside(import.meta.url, "fields.rb"),
  "start.sh": textBeside(import.meta.url, "start.sh").replace(
    `--path.settings ${directory}`,
    "--path.settings /usr/share/logstash/config",
  ),
};

/** Of the file of the other forms, what is not of a pipeline, of paths, or of the queue. */
const settings: Record<string, unknown> = {
  ...Object.fromEntries(
    Object.entries(parse(textBeside(import.meta.url, "logstash.yml")) as Record<string, unknown>).filter(
      ([key]) => !/^(node|path|pipeline|queue)\./.test(key),
    ),
  ),
  "api.ssl.enabled": false,
  // Another pipeline comes with another pod.
  "config.reload.automatic": false,
};

function pipelineOf(queueSize: string): Record<string, unknown> {
  return {
    "pipeline.id": "logs",
    "path.config": `${directory}/pipeline.conf`,
    "pipeline.ecs_compatibility": "v8",
    "pipeline.ordered": "false",
    "queue.type": "persisted",
    "queue.max_bytes": `${Math.floor((bytesOf(queueSize) ?? 0) / 2 ** 20)}mb`,
    // It stays on its volume for the next pod of this number.
    "queue.drain": false,
  };
}
