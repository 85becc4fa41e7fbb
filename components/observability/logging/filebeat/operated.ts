import type { IBeat } from "@kubernetes-models/elastic-cloud/beat.k8s.elastic.co/v1beta1/Beat";
import type * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";
import { credentialRevisionAnnotation } from "../../../foundation/checksum.ts";
import { customResource, type DeepInput } from "../../../foundation/custom-resource.ts";
import { workloadLabels } from "../../../foundation/labels.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { textBeside } from "../../../foundation/text-beside.ts";
import type { OperatorForm } from "../elasticsearch/forms.ts";
import type { FilebeatArgs } from "./index.ts";
import { podOf, workload } from "./pod.ts";

/** The operator's own names: with another volume it would mount one more directory of the node. */
const positions = { volume: "beat-data", directory: "/usr/share/filebeat/data" } as const;

type Template = NonNullable<NonNullable<IBeat["spec"]>["daemonSet"]>["podTemplate"];

/** Filebeat as a resource of Elastic's operator: its DaemonSet has the same pods, which go on where others of this stack ended. */
export function createBeat(
  name: string,
  args: FilebeatArgs & { readonly operator: Pick<OperatorForm, "version"> },
  account: pulumi.Output<string>,
  parent: pulumi.Resource,
) {
  const { platform, operator, image, certificate } = args;
  const podTemplate = {
    metadata: {
      labels: workloadLabels(workload, "logging"),
      annotations: { [credentialRevisionAnnotation("certificate")]: certificate.revision },
    },
    spec: podOf(args, { account, positions }),
  };
  return customResource<IBeat>(
    name,
    {
      apiVersion: "beat.k8s.elastic.co/v1beta1",
      kind: "Beat",
      metadata: metadataOf({
        name: workload,
        namespace: platform.shipperNamespace,
        workload,
        component: "logging",
      }),
      spec: {
        type: workload,
        version: operator.version,
        image,
        config,
        daemonSet: {
          podTemplate: podTemplate as DeepInput<Template>,
          // Two at one time would read the same files.
          updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: 0 } },
        },
      },
      awaits: ["jsonpath={.status.health}=green"],
    },
    { parent, customTimeouts: { create: "30m", update: "60m" } },
  );
}

const config: Record<string, unknown> = {
  ...(parse(textBeside(import.meta.url, "filebeat.yml")) as Record<string, unknown>),
  "path.data": positions.directory,
};
