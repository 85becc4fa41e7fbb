/** Objects that tests give to a cluster with a real node, in its namespace `demo`. */

export const restricted = { runAsNonRoot: true, runAsUser: 999, seccompProfile: { type: "RuntimeDefault" } };

export const server = (image: string) => ({
  name: "server",
  image,
  imagePullPolicy: "IfNotPresent",
  resources: { requests: { cpu: "10m", memory: "8Mi" }, limits: { memory: "64Mi" } },
  readinessProbe: { httpGet: { port: 8080, path: "/version" }, periodSeconds: 1 },
  securityContext: {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  },
});

export function workload(
  kind: "Deployment" | "StatefulSet",
  name: string,
  spec: object,
  more: object = {},
): object {
  return {
    apiVersion: "apps/v1",
    kind,
    metadata: { name, namespace: "demo" },
    spec: {
      selector: { matchLabels: { app: name } },
      ...(kind === "StatefulSet" && { serviceName: name }),
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 1,
          securityContext: { ...restricted, runAsGroup: 999, fsGroup: 999 },
          ...spec,
        },
      },
      ...more,
    },
  };
}

/** Of an image that no real node has; tolerates what the nodes of a control plane bear. */
export const daemonSet = (name: string, image: string) => ({
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name, namespace: "demo" },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        securityContext: restricted,
        tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }],
        containers: [server(image)],
      },
    },
  },
});

export const service = (name: string, app: string) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "demo" },
  spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
});

export const claim = (name: string, storageClassName: string) => ({
  metadata: { name },
  spec: { accessModes: ["ReadWriteOnce"], storageClassName, resources: { requests: { storage: "1Gi" } } },
});
