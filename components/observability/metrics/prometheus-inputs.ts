import type { Probed } from "./probed.ts";

/** What the configuration of Prometheus follows from; all of it is known in a preview. */
export interface PrometheusConfiguration {
  /** Names of the platform's namespaces. */
  readonly namespaces: { readonly platform: string; readonly shipper: string };
  /** Domain of the cluster's DNS. */
  readonly clusterDomain: string;
  /** Which environment it is. */
  readonly environment: string;
  /** Seconds between two scrapes of a target. */
  readonly scrapeSeconds: number;
  /** Seconds between two scrapes of gateway and verifiers. */
  readonly serviceScrapeSeconds: number;
  /** Seconds between two evaluations of the rules. */
  readonly evaluationSeconds: number;
  /** Whether the kubelets' certificates must be of the cluster's authority. */
  readonly kubeletCertificates: "verified" | "unverified";
  readonly probed: readonly Probed[];
  /** Whether an operator makes the pods of Prometheus and Alertmanager. @default false */
  readonly operated?: boolean;
}
