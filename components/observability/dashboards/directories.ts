/** Where Grafana finds things in its pod. */
export const directories = {
  /** Plain files of the configuration. */
  configuration: "/etc/iot-verification/grafana",
  /** Its database: the volume. */
  data: "/var/lib/grafana",
  /** What it checks people against. */
  accepted: "/run/secrets/accepted",
  /** Its login of Elasticsearch. */
  elasticsearch: "/run/secrets/elasticsearch",
} as const;

/** Entries of the Secret that it checks people against. */
export type AcceptedEntry = "admin-password" | "secret-key";

/** References to what a file says, which Grafana reads in settings and in provisioning. */
export const files = {
  accepted: (entry: AcceptedEntry) => `$__file{${directories.accepted}/${entry}}`,
  elasticsearch: (entry: "url" | "username" | "password" | "ca.crt") =>
    `$__file{${directories.elasticsearch}/${entry}}`,
} as const;
