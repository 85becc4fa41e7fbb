import { probedSystems } from "../../components/observability/metrics/probed.ts";
import type { PrometheusConfiguration } from "../../components/observability/metrics/prometheus-inputs.ts";
import { ruleGroups } from "../../components/observability/metrics/rules/index.ts";

const probed = probedSystems({ ownObjectStorage: true });

/** The rules that the alert cases are for. */
export const exampleRules = ruleGroups({
  evaluationSeconds: 60,
  objectives: {
    availability: 0.999,
    latency: { share: 0.99, seconds: 1 },
    verdicts: 0.95,
    timeToVerdict: { share: 0.95, seconds: 120 },
  },
  backlogSeconds: 600,
  queueLimit: 1000,
  backupSeconds: 26 * 3600,
  scraped: ["api-gateway", "prometheus"],
  probed,
});

/** Where the pages of the example are. */
export const exampleRunbooks = "https://wiki.test/runbooks";

/** A configuration of Prometheus in the namespaces `place` and `place-logs`. */
export const exampleConfiguration: PrometheusConfiguration = {
  namespaces: { platform: "place", shipper: "place-logs" },
  clusterDomain: "cluster.test",
  environment: "staging",
  scrapeSeconds: 15,
  serviceScrapeSeconds: 10,
  evaluationSeconds: 15,
  kubeletCertificates: "unverified",
  probed,
};
