/** What the objects of the compliant application have in common. */

export const namespace = "shop";
export const labels = (app: string) => ({ "app.kubernetes.io/name": app });
export const metadata = (name: string, app = name) => ({ name, namespace, labels: labels(app) });

const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
};
const resources = {
  requests: { cpu: "100m", memory: "64Mi", "ephemeral-storage": "64Mi" },
  limits: { cpu: "500m", memory: "128Mi", "ephemeral-storage": "128Mi" },
};

export const container = (name: string, image = `registry.example/${name}:1.4.2`) => ({
  name,
  image,
  resources,
  securityContext: containerSecurity,
});

export const podSecurity = {
  runAsNonRoot: true,
  runAsUser: 10_001,
  runAsGroup: 10_001,
  fsGroup: 10_001,
  seccompProfile: { type: "RuntimeDefault" },
};

export const spread = (app: string) => [
  {
    maxSkew: 1,
    topologyKey: "topology.kubernetes.io/zone",
    whenUnsatisfiable: "ScheduleAnyway",
    labelSelector: { matchLabels: labels(app) },
  },
];

export const probes = {
  startupProbe: { httpGet: { path: "/healthz", port: "http" }, failureThreshold: 30, periodSeconds: 2 },
  readinessProbe: { httpGet: { path: "/readyz", port: "http" }, periodSeconds: 5 },
  livenessProbe: { httpGet: { path: "/livez", port: "http" }, periodSeconds: 10 },
};
