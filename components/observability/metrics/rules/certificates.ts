import type { RuleGroup } from "./rule.ts";

const day = 24 * 3600;

/** Certificates of servers, and of the authority that signed them, as probes see them. */
export function certificateRules(): RuleGroup {
  const left = "probe_ssl_earliest_cert_expiry - time()";
  const description =
    "Of the certificates that {{ $labels.instance }} shows, the first to end is valid for {{ $value | humanizeDuration }}.";
  return {
    name: "certificates",
    alerts: [
      {
        alert: "CertificateExpiresSoon",
        severity: "warning",
        when: `${left} < ${30 * day}`,
        for: "1h",
        summary: "A certificate of {{ $labels.workload }} ends within 30 days",
        description,
      },
      {
        alert: "CertificateExpiresVerySoon",
        severity: "critical",
        when: `${left} < ${7 * day}`,
        for: "10m",
        summary: "A certificate of {{ $labels.workload }} ends within 7 days",
        description,
      },
    ],
  };
}
