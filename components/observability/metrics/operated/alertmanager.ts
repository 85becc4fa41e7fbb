import type { IAlertmanager } from "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/Alertmanager";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../../contract/systems.ts";
import { customResource, type DeepInput } from "../../../foundation/custom-resource.ts";
import { metadataOf } from "../../../foundation/metadata.ts";
import { claimTemplate } from "../../../foundation/resources.ts";
import { serviceHost } from "../../../foundation/settings.ts";
import type { SystemArgs } from "../../../foundation/system.ts";
import type { AlertmanagerArgs } from "../alertmanager.ts";
import { alertmanagerConfiguration } from "../alertmanager-configuration.ts";
import { nobody } from "../images.ts";
import { type MetricsOperator, podFields, reloaders } from "./pod.ts";

const workload = systemNames.alertmanager;

/** Alertmanager as a resource of the operator of Prometheus: its pods tell each other of silences, and of what they have sent. */
export function operatedAlertmanager(
  name: string,
  args: AlertmanagerArgs & { readonly operator: MetricsOperator },
  parent: pulumi.Resource,
): Pick<SystemArgs, "replicas" | "pod" | "operated"> {
  const { platform, operator, place, image, resources, storage } = args;
  const configuration = createConfiguration(`${name}-configuration-secret`, args, parent);
  return {
    replicas: operator.replicas,
    pod: {
      user: nobody,
      containers: [{ name: workload, image, resources }],
    },
    operated: {
      budget: "platform",
      isHeadless: true,
      volume: storage.size,
      added: reloaders,
      resource: (resourceName, template, resourceParent) =>
        customResource<IAlertmanager>(
          resourceName,
          {
            apiVersion: "monitoring.coreos.com/v1",
            kind: "Alertmanager",
            metadata: metadataOf({
              name: workload,
              namespace: platform.namespace,
              workload,
              component: "metrics",
            }),
            spec: {
              ...podFields(template),
              image,
              version: operator.version,
              replicas: operator.replicas,
              configSecret: configuration.metadata.name,
              storage: { volumeClaimTemplate: claimTemplate(storage) },
              externalUrl: `http://${serviceHost(workload, place)}:${systemPorts.alertmanager["http-metrics"]}`,
            } as unknown as DeepInput<NonNullable<IAlertmanager["spec"]>>,
            awaits: ["condition=Reconciled", "condition=Available"],
          },
          { parent: resourceParent, customTimeouts: { create: "30m", update: "30m" } },
        ),
    },
  };
}

/** The operator takes it over word for word, as no resource adds to it. */
function createConfiguration(
  name: string,
  { platform, receivers }: AlertmanagerArgs,
  parent: pulumi.Resource,
) {
  const metadata = metadataOf({
    name: "alertmanager-configuration",
    namespace: platform.namespace,
    workload,
    component: "metrics",
  });
  const stringData = pulumi.secret({ "alertmanager.yaml": alertmanagerConfiguration(receivers) });
  return new k8s.core.v1.Secret(name, { metadata, stringData }, { parent });
}
