import type { Changes } from "../world.ts";

/** Changes that add a Prometheus with its account to the world. */
export function prometheus(configuration: object, changes: Changes = {}): Changes {
  const metadata = { name: "prometheus", namespace: "shop" };
  const labels = { "app.kubernetes.io/name": "prometheus" };
  return {
    "Deployment/prometheus": {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            serviceAccountName: "nightly",
            containers: [
              {
                name: "prometheus",
                image: "registry.example/prom/prometheus:v3.1.0",
                args: ["--config.file=/etc/prometheus/prometheus.yml"],
                volumeMounts: [
                  { name: "configuration", mountPath: "/etc/prometheus" },
                  { name: "data", mountPath: "/prometheus" },
                ],
              },
            ],
            volumes: [
              { name: "configuration", configMap: { name: "prometheus" } },
              { name: "data", emptyDir: {} },
            ],
          },
        },
      },
    },
    "ConfigMap/prometheus": {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata,
      data: { "prometheus.yml": JSON.stringify(configuration), "alerts.yml": "groups: []\n" },
    },
    ...changes,
  };
}

/** What a finding in its file looks like. */
export const inFile = 'ConfigMap/prometheus data["prometheus.yml"]';
