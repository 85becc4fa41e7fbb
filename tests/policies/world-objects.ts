import { container, labels, metadata, namespace, podSecurity, probes, spread } from "./world-parts.ts";

/** A new copy of the application, by `KIND/NAME`: a shop window, its scaling, its store, and a nightly job. */
export function compliantWorld(): Record<string, Record<string, unknown>> {
  const objects: Record<string, unknown>[] = [
    {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name: namespace, labels: { "pod-security.kubernetes.io/enforce": "restricted" } },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: { name: "default-deny", namespace },
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
    ...web(),
    ...store(),
    ...nightly(),
  ];
  const byName = Object.fromEntries(
    objects.map((object) => [`${object.kind}/${(object.metadata as { name: string }).name}`, object]),
  );
  // What several objects have in common is not one thing afterwards.
  return JSON.parse(JSON.stringify(byName)) as Record<string, Record<string, unknown>>;
}

function web(): Record<string, unknown>[] {
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: metadata("web"),
      automountServiceAccountToken: false,
    },
    {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: metadata("web-settings", "web"),
      data: { "web.yaml": "theme: dark\n" },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: metadata("web"),
      spec: {
        selector: { matchLabels: labels("web") },
        template: {
          metadata: { labels: labels("web") },
          spec: {
            serviceAccountName: "web",
            automountServiceAccountToken: false,
            securityContext: podSecurity,
            topologySpreadConstraints: spread("web"),
            initContainers: [container("prepare")],
            containers: [
              {
                ...container("web"),
                ports: [
                  { name: "http", containerPort: 8080 },
                  { name: "metrics", containerPort: 9090 },
                ],
                env: [{ name: "STORE_PASSWORD_FILE", value: "/run/secrets/store/password" }],
                ...probes,
                volumeMounts: [
                  { name: "settings", mountPath: "/etc/web", readOnly: true },
                  { name: "store", mountPath: "/run/secrets/store", readOnly: true },
                  { name: "scratch", mountPath: "/tmp" },
                ],
              },
            ],
            volumes: [
              { name: "settings", configMap: { name: "web-settings" } },
              { name: "store", secret: { secretName: "store-credentials", defaultMode: 0o440 } },
              { name: "scratch", emptyDir: { sizeLimit: "64Mi" } },
            ],
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata("web"),
      spec: { selector: labels("web"), ports: [{ name: "http", port: 80, targetPort: "http" }] },
    },
    {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: metadata("web"),
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: labels("web") },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    {
      apiVersion: "autoscaling/v2",
      kind: "HorizontalPodAutoscaler",
      metadata: metadata("web"),
      spec: {
        scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
        minReplicas: 2,
        maxReplicas: 6,
        metrics: [
          {
            type: "Resource",
            resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
          },
        ],
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: metadata("web"),
      spec: {
        ingressClassName: "traefik",
        tls: [{ hosts: ["shop.example.com"], secretName: "web-certificate" }],
        rules: [
          {
            host: "shop.example.com",
            http: {
              paths: [
                {
                  path: "/",
                  pathType: "Prefix",
                  backend: { service: { name: "web", port: { name: "http" } } },
                },
              ],
            },
          },
        ],
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: metadata("web"),
      spec: {
        podSelector: { matchLabels: labels("web") },
        policyTypes: ["Ingress", "Egress"],
        ingress: [
          {
            from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "traefik" } } }],
            ports: [{ protocol: "TCP", port: 8080 }],
          },
        ],
        egress: [
          {
            to: [{ podSelector: { matchLabels: labels("store") } }],
            ports: [{ protocol: "TCP", port: 7000 }],
          },
        ],
      },
    },
  ];
}

function store(): Record<string, unknown>[] {
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: metadata("store"),
      automountServiceAccountToken: false,
    },
    {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: metadata("store"),
      spec: {
        serviceName: "store",
        replicas: 1,
        selector: { matchLabels: labels("store") },
        template: {
          metadata: { labels: labels("store") },
          spec: {
            serviceAccountName: "store",
            automountServiceAccountToken: false,
            securityContext: podSecurity,
            containers: [
              {
                ...container("store"),
                ports: [{ name: "store", containerPort: 7000 }],
                startupProbe: { tcpSocket: { port: "store" }, failureThreshold: 30, periodSeconds: 2 },
                readinessProbe: { exec: { command: ["store", "check", "--login"] }, periodSeconds: 5 },
                livenessProbe: { tcpSocket: { port: "store" }, periodSeconds: 10 },
                volumeMounts: [
                  { name: "data", mountPath: "/var/lib/store" },
                  { name: "login", mountPath: "/run/secrets/store", readOnly: true },
                ],
              },
            ],
            volumes: [{ name: "login", secret: { secretName: "store-credentials", defaultMode: 0o440 } }],
          },
        },
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        ],
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata("store"),
      spec: {
        clusterIP: "None",
        selector: labels("store"),
        ports: [{ name: "store", port: 7000, targetPort: "store" }],
      },
    },
    {
      apiVersion: "networking.k8s.io/v1",
      kind: "NetworkPolicy",
      metadata: metadata("store"),
      spec: {
        podSelector: { matchLabels: labels("store") },
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: [{ podSelector: { matchLabels: labels("web") } }],
            ports: [{ protocol: "TCP", port: 7000 }],
          },
        ],
      },
    },
  ];
}

function nightly(): Record<string, unknown>[] {
  return [
    {
      apiVersion: "v1",
      kind: "ServiceAccount",
      metadata: metadata("nightly"),
      automountServiceAccountToken: true,
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "Role",
      metadata: metadata("nightly"),
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] }],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "RoleBinding",
      metadata: metadata("nightly"),
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "nightly" },
      subjects: [{ kind: "ServiceAccount", name: "nightly", namespace }],
    },
    {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: metadata("nightly"),
      spec: {
        schedule: "10 3 * * *",
        concurrencyPolicy: "Forbid",
        jobTemplate: {
          spec: {
            backoffLimit: 2,
            activeDeadlineSeconds: 600,
            template: {
              metadata: { labels: labels("nightly") },
              spec: {
                serviceAccountName: "nightly",
                automountServiceAccountToken: true,
                restartPolicy: "Never",
                securityContext: podSecurity,
                containers: [container("nightly")],
              },
            },
          },
        },
      },
    },
  ];
}
