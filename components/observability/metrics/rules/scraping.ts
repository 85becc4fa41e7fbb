import type { RuleArgs, RuleGroup } from "./rule.ts";

/** Whether Prometheus sees what it is to see. */
export function scrapingRules({ scraped }: RuleArgs): RuleGroup {
  return {
    name: "scraping",
    alerts: [
      {
        alert: "TargetDown",
        severity: "warning",
        when: "up == 0",
        for: "10m",
        summary: "{{ $labels.workload }} cannot be scraped",
        description:
          "{{ $labels.instance }} of job {{ $labels.job }} does not give its metrics; alerts that need them are blind.",
      },
      {
        alert: "TargetMissing",
        severity: "warning",
        when: scraped.map((workload) => `absent(up{job!="probes",workload="${workload}"})`).join(" or "),
        for: "10m",
        summary: "{{ $labels.workload }} is not found",
        description: "No pod of it offers metrics to Prometheus; alerts that need them are blind.",
      },
      {
        alert: "ScrapeLimitExceeded",
        severity: "warning",
        when: [
          "prometheus_target_scrapes_exceeded_sample_limit_total",
          "prometheus_target_scrapes_exceeded_body_size_limit_total",
          "prometheus_target_scrape_pool_exceeded_label_limits_total",
          "prometheus_target_scrape_pool_exceeded_target_limit_total",
        ]
          .map((counter) => `increase(${counter}[10m]) > 0`)
          .join(" or "),
        for: "10m",
        summary: "Something offers more metrics than Prometheus takes",
        description: "{{ $value | humanize }} scrapes were refused whole within ten minutes.",
      },
      {
        alert: "ScrapeSlow",
        severity: "info",
        when: "scrape_duration_seconds > 5",
        for: "15m",
        summary: "{{ $labels.workload }} gives its metrics slowly",
        description:
          "{{ $labels.instance }} takes {{ $value | humanizeDuration }}; after ten seconds it counts as down.",
      },
    ],
  };
}
