import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { systemNames } from "../../contract/systems.ts";
import { auditExceptions, namesNoSecret, publishedExceptions } from "../../foundation/audit.ts";
import { type Demand, podsWhileReplaced } from "../../foundation/capacity-demand.ts";
import { checksumOf } from "../../foundation/checksum.ts";
import type { Platform } from "../../foundation/index.ts";
import { metadataOf } from "../../foundation/metadata.ts";
import { createOneShotJob } from "../../foundation/one-shot-job.ts";
import { configMapData, type SystemPod, sharesOf, systemPodTemplate } from "../../foundation/system-pod.ts";
import { configurationDirectory, indexFiles } from "./configuration.ts";
import { indexSteps, type JaegerPodArgs, loginFiles, user } from "./pod.ts";

type IndicesArgs = JaegerPodArgs & { readonly platform: Platform };

const workload = systemNames.jaegerIndices;
const component = "tracing";

/** Seconds that all attempts may take together. */
const patience = 900;
const attempts = 5;

/** Makes Jaeger's index templates, and the first indices with their aliases, by a Job. */
export function createIndices(name: string, args: IndicesArgs, parent: pulumi.Resource): k8s.batch.v1.Job {
  const { platform, rolloverImage, elasticsearchImage, elasticsearch } = args;
  const plain = { account: "", configMap: "", secret: "", revision: "" };
  const content = JSON.stringify(templateOf(args, plain));
  const files = indexFiles({ copies: args.copies ?? 0 });
  const checksum = checksumOf({ content, ...files }).slice(0, 8);
  const metadata = metadataOf({
    name: `${workload}-${checksum}`,
    namespace: platform.namespace,
    workload,
    component,
  });
  const configMap = new k8s.core.v1.ConfigMap(
    `${name}-files`,
    {
      metadata: { ...metadata, annotations: auditExceptions(namesNoSecret("KSV-01010")) },
      data: configMapData(files),
    },
    { parent },
  ).metadata.name;
  return createOneShotJob(
    name,
    {
      platform,
      workload,
      component,
      // Another Elasticsearch has none of them.
      checksum: elasticsearch.revision.apply((revision) => checksumOf({ checksum, revision })),
      template: (account) => templateOf(args, { ...elasticsearch, configMap, account }),
      attempts,
      patience,
      exceptions: publishedExceptions({ images: [rolloverImage, elasticsearchImage], user }),
    },
    parent,
  );
}

/** What it may ask of the namespace. */
export function indicesDemand(args: IndicesArgs): Demand {
  return { workload, pods: podsWhileReplaced(1), ...sharesOf(podOf(args)) };
}

function podOf(args: IndicesArgs): SystemPod {
  const [prepare, drop] = indexSteps(args);
  return {
    user,
    initContainers: [prepare],
    containers: [drop],
    files: { directory: configurationDirectory, content: indexFiles({ copies: args.copies ?? 0 }) },
  };
}

function templateOf(
  args: IndicesArgs,
  names: {
    readonly account: pulumi.Input<string>;
    readonly configMap: pulumi.Input<string>;
    readonly secret: pulumi.Input<string>;
    readonly revision: pulumi.Input<string>;
  },
) {
  const { account, configMap, secret, revision } = names;
  return systemPodTemplate({
    ...podOf(args),
    secrets: [loginFiles({ secret, revision })],
    platform: args.platform,
    workload,
    component,
    account,
    apiAccess: false,
    configMap,
    dataDirectory: undefined,
    restartPolicy: "Never",
  });
}
