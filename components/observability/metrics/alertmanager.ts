import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { systemNames, systemPorts } from "../../contract/systems.ts";
import type { Platform } from "../../foundation/index.ts";
import { metadataOf } from "../../foundation/metadata.ts";
import type { ContainerResources, VolumeSize } from "../../foundation/resources.ts";
import { serviceHost } from "../../foundation/settings.ts";
import { System, type SystemArgs } from "../../foundation/system.ts";
import type { SystemContainer } from "../../foundation/system-pod.ts";
import {
  alertmanagerConfiguration,
  type Receivers,
  receiverEntries,
  secretsDirectory,
} from "./alertmanager-configuration.ts";
import { nobody } from "./images.ts";
import { operatedAlertmanager } from "./operated/alertmanager.ts";
import type { MetricsOperator } from "./operated/pod.ts";

export interface AlertmanagerArgs {
  /** What it stands on. */
  readonly platform: Platform;
  /** Name of the platform's namespace and domain of the cluster's DNS, for its own address. */
  readonly place: { readonly namespace: string; readonly clusterDomain: string };
  /** Complete image reference. */
  readonly image: string;
  readonly resources: ContainerResources;
  /** Volume of silences, and of what has been told to whom. */
  readonly storage: VolumeSize;
  readonly receivers: Receivers;
  /** Who runs it in place of a StatefulSet. @default nobody */
  readonly operator?: MetricsOperator | undefined;
  /** What is secret of the receivers: URLs, a key, a password. */
  readonly secrets: Readonly<Partial<Record<keyof typeof receiverEntries, string>>>;
}

const { alertmanager } = systemNames;
const port = "http-metrics";
const configurationDirectory = "/etc/alertmanager";
const dataDirectory = "/alertmanager";

/** Alertmanager: groups what Prometheus finds wrong, and tells whom it concerns. */
export function createAlertmanager(name: string, args: AlertmanagerArgs, parent: pulumi.Resource): System {
  if (!tellsAnyone(args.receivers)) {
    pulumi.log.info("Nobody is told of alerts: no receiver is configured. See docs/monitoring.md.", parent);
  }
  const secret = createSecret(`${name}-receivers`, args, parent);
  const { operator } = args;
  const { pod, ...form } = operator
    ? operatedAlertmanager(name, { ...args, operator }, parent)
    : embedded(args);
  return new System(
    name,
    {
      platform: args.platform,
      workload: alertmanager,
      component: "metrics",
      ports: { [port]: systemPorts.alertmanager[port] },
      ...form,
      pod: {
        ...pod,
        // Read anew for every notification.
        ...(secret && {
          secrets: [{ name: "receivers", secret: secret.metadata.name, directory: secretsDirectory }],
        }),
      },
    },
    { parent },
  );
}

function embedded(args: AlertmanagerArgs): Pick<SystemArgs, "replicas" | "data" | "pod"> {
  return {
    replicas: 1,
    data: { ...args.storage, directory: dataDirectory },
    pod: {
      user: nobody,
      containers: [container(args)],
      files: {
        directory: configurationDirectory,
        content: { "alertmanager.yml": alertmanagerConfiguration(args.receivers) },
      },
    },
  };
}

function tellsAnyone({ webhook, slack, pagerduty, email }: Receivers): boolean {
  return webhook || pagerduty || slack !== undefined || email !== undefined;
}

function createSecret(name: string, { platform, secrets }: AlertmanagerArgs, parent: pulumi.Resource) {
  const entries = Object.entries(secrets).map(([receiver, value]) => [
    receiverEntries[receiver as keyof typeof receiverEntries],
    pulumi.secret(value),
  ]);
  if (entries.length === 0) return undefined;
  const metadata = metadataOf({
    name: "alertmanager-receivers",
    namespace: platform.namespace,
    workload: alertmanager,
    component: "metrics",
  });
  return new k8s.core.v1.Secret(name, { metadata, stringData: Object.fromEntries(entries) }, { parent });
}

function container({ image, resources, place }: AlertmanagerArgs): SystemContainer {
  return {
    name: alertmanager,
    image,
    resources,
    args: [
      `--config.file=${configurationDirectory}/alertmanager.yml`,
      `--storage.path=${dataDirectory}/data`,
      // One pod has no peers to listen for.
      "--cluster.listen-address=",
      `--web.external-url=http://${serviceHost(alertmanager, place)}:${systemPorts.alertmanager[port]}`,
      "--log.format=json",
    ],
    startupProbe: { httpGet: { path: "/-/ready", port }, periodSeconds: 2, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/-/ready", port }, periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: { httpGet: { path: "/-/healthy", port }, periodSeconds: 10, timeoutSeconds: 3 },
  };
}
