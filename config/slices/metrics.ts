import { systemNames } from "../../components/contract/systems.ts";
import type { Foundation } from "../../components/foundation/index.ts";
import { versionOf } from "../../components/observability/logging/operator.ts";
import type { AlertmanagerArgs } from "../../components/observability/metrics/alertmanager.ts";
import type { MetricsArgs } from "../../components/observability/metrics/index.ts";
import type { StackConfig } from "../schema.ts";
import { shipperNamespaceOf } from "./foundation.ts";
import { absentJaeger } from "./tracing.ts";

export function metricsArgs(
  config: StackConfig,
  { platform }: Pick<Foundation, "platform">,
): Omit<MetricsArgs, "token" | "certificate"> {
  const { namespace, clusterDomain, environment, images, prometheus, alerting } = config;
  return {
    platform,
    ownObjectStorage: config.objectStorage.engine !== "external",
    absent: [
      ...absentJaeger(config),
      ...(config.logging.form === "external" ? [systemNames.elasticsearch] : []),
    ],
    namespaces: { platform: namespace, shipper: shipperNamespaceOf(config) },
    clusterDomain,
    environment,
    scrapeSeconds: prometheus.scrapeInterval,
    serviceScrapeSeconds: prometheus.serviceScrapeInterval,
    evaluationSeconds: prometheus.evaluationInterval,
    kubeletCertificates: config.network.kubelets.certificates ?? "unverified",
    prometheus: {
      image: images.prometheus,
      resources: prometheus.resources,
      storage: prometheus.storage,
      retentionHours: prometheus.retentionHours,
      operator: operatorOf(config, images.prometheus, prometheus.replicas),
    },
    alertmanager: {
      image: images.alertmanager,
      resources: alerting.resources,
      storage: alerting.storage,
      operator: operatorOf(config, images.alertmanager, alerting.replicas),
      ...receiversOf(config),
    },
    stateMetrics: { image: images.kubeStateMetrics, ...prometheus.stateMetrics },
    probes: { image: images.blackboxExporter, ...prometheus.probes },
    rules: {
      objectives: alerting.objectives,
      backlogSeconds: alerting.backlogAge,
      queueLimit: config.settings.maxQueuedVerifications,
      backupSeconds: alerting.backupAge * 3600,
    },
    runbooks: alerting.runbooks,
  };
}

/** An image without a version is refused with the configuration. */
function operatorOf({ prometheus }: StackConfig, image: string, replicas: number) {
  return prometheus.form === "operator" ? { version: versionOf(image) ?? "", replicas } : undefined;
}

/** Who is told of alerts; nobody, unless a secret or an address is configured. */
export function tellsAnyone(config: StackConfig): boolean {
  const { receivers } = receiversOf(config);
  return Object.values(receivers).some(Boolean);
}

function receiversOf(config: StackConfig): Pick<AlertmanagerArgs, "receivers" | "secrets"> {
  const { email } = config.alerting;
  const secrets = {
    webhook: config.alertWebhookUrl,
    slack: config.alertSlackUrl,
    pagerduty: config.alertPagerdutyKey,
    email: config.alertEmailPassword,
    watchdog: config.alertWatchdogUrl,
  };
  const { from, smarthost, to, username } = email;
  return {
    receivers: {
      webhook: secrets.webhook !== undefined,
      slack: secrets.slack === undefined ? undefined : config.alerting.slack,
      pagerduty: secrets.pagerduty !== undefined,
      email:
        from === undefined || smarthost === undefined || to.length === 0
          ? undefined
          : { to, from, smarthost, username },
      watchdog: secrets.watchdog !== undefined,
    },
    secrets: Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== undefined)),
  };
}
