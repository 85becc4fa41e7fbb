import { describe, expect, test } from "vitest";
import { Workload, type WorkloadArgs } from "../../components/foundation/workload.ts";
import { ownImage } from "../../config/slices/images.ts";
import { record } from "./mocks.ts";
import { mounted, platform } from "./platform.ts";
import { annotationsOf, at, containerOf, environmentOf, labels, selector } from "./shapes.ts";

const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "20m", memory: "32Mi" } };

async function workload(changes: Partial<WorkloadArgs> = {}) {
  const { recording, outputs } = await record({
    program() {
      const { url, demand } = new Workload("tier-thing", {
        platform: platform(),
        workload: "thing",
        component: "verifier",
        image: "registry.test/thing:1.0",
        replicas: 3,
        resources,
        scratch: "1Gi",
        servicePort: 8080,
        settings: ["LOG_LEVEL"],
        credentials: [mounted("database")],
        env: { EXTRA: "1" },
        heapBytes: 16 * 2 ** 20,
        terminationGracePeriodSeconds: 45,
        ...changes,
      });
      return { url, demand };
    },
  });
  return { recording, outputs, deployment: recording.object("Deployment", "thing") };
}

const metadata = { name: "thing", namespace: "place", labels: labels("thing", "verifier") };

test("the whole Deployment", async () => {
  const { deployment } = await workload();
  const checksum = annotationsOf(deployment)["iot-verification.dev/settings-checksum"];
  expect(checksum).toMatch(/^[0-9a-f]{16}$/);
  expect(deployment).toEqual({
    type: "kubernetes:apps/v1:Deployment",
    name: "tier-thing-deployment",
    custom: true,
    inputs: {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        ...metadata,
        annotations: {
          "audit.iot-verification.dev/CKV_K8S_43": expect.stringContaining("images.overrides"),
          "pulumi.com/patchForce": "true",
        },
      },
      spec: {
        replicas: 3,
        revisionHistoryLimit: 3,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        selector: { matchLabels: selector("thing") },
        template: {
          metadata: {
            labels: labels("thing", "verifier"),
            annotations: {
              "iot-verification.dev/settings-checksum": checksum,
              "iot-verification.dev/database-revision": "database-revision",
              "iot-verification.dev/metrics-revision": "metrics-revision",
            },
          },
          spec: {
            serviceAccountName: "thing",
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            imagePullSecrets: [],
            terminationGracePeriodSeconds: 50,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 65532,
              runAsGroup: 65532,
              fsGroup: 65532,
              fsGroupChangePolicy: "OnRootMismatch",
              seccompProfile: { type: "RuntimeDefault" },
            },
            topologySpreadConstraints: ["topology.kubernetes.io/zone", "kubernetes.io/hostname"].map(
              (topologyKey) => ({
                topologyKey,
                maxSkew: 1,
                whenUnsatisfiable: "ScheduleAnyway",
                labelSelector: { matchLabels: selector("thing") },
                matchLabelKeys: ["pod-template-hash"],
              }),
            ),
            affinity: {
              podAntiAffinity: {
                preferredDuringSchedulingIgnoredDuringExecution: [
                  {
                    weight: 1,
                    podAffinityTerm: {
                      topologyKey: "kubernetes.io/hostname",
                      labelSelector: { matchLabels: selector("thing") },
                    },
                  },
                ],
              },
            },
            containers: [
              {
                name: "thing",
                image: "registry.test/thing:1.0",
                imagePullPolicy: "Always",
                ports: [
                  { name: "http", containerPort: 8080, protocol: "TCP" },
                  { name: "metrics", containerPort: 9464, protocol: "TCP" },
                ],
                env: [
                  { name: "SERVICE_NAME", value: "thing" },
                  { name: "NODE_OPTIONS", value: "--max-old-space-size=16" },
                  { name: "EXTRA", value: "1" },
                  {
                    name: "LOG_LEVEL",
                    valueFrom: { configMapKeyRef: { name: "platform-settings", key: "LOG_LEVEL" } },
                  },
                  { name: "DATABASE_USER_FILE", value: "/run/secrets/database/username" },
                  { name: "DATABASE_PASSWORD_FILE", value: "/run/secrets/database/password" },
                  { name: "PROMETHEUS_TOKEN_FILE", value: "/run/secrets/metrics/token" },
                ],
                resources: {
                  requests: { cpu: "10m", memory: "16Mi", "ephemeral-storage": "1280Mi" },
                  limits: { cpu: "20m", memory: "32Mi", "ephemeral-storage": "1280Mi" },
                },
                lifecycle: { preStop: { sleep: { seconds: 5 } } },
                volumeMounts: [
                  { name: "scratch", mountPath: "/tmp" },
                  { name: "database", mountPath: "/run/secrets/database", readOnly: true },
                  { name: "metrics", mountPath: "/run/secrets/metrics", readOnly: true },
                ],
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  capabilities: { drop: ["ALL"] },
                },
                startupProbe: {
                  httpGet: { path: "/health", port: "http" },
                  periodSeconds: 2,
                  failureThreshold: 60,
                },
                readinessProbe: {
                  httpGet: { path: "/ready", port: "http" },
                  periodSeconds: 5,
                  timeoutSeconds: 3,
                },
                livenessProbe: {
                  httpGet: { path: "/health", port: "http" },
                  periodSeconds: 10,
                  timeoutSeconds: 3,
                  failureThreshold: 3,
                },
              },
            ],
            volumes: [
              { name: "scratch", emptyDir: { sizeLimit: "1Gi" } },
              {
                name: "database",
                secret: {
                  secretName: "database-credentials",
                  defaultMode: 0o440,
                  items: [
                    { key: "username", path: "username" },
                    { key: "password", path: "password" },
                  ],
                },
              },
              {
                name: "metrics",
                secret: {
                  secretName: "metrics-credentials",
                  defaultMode: 0o440,
                  items: [{ key: "token", path: "token" }],
                },
              },
            ],
          },
        },
      },
    },
  });
});

test("a fixed number of pods is taken from whoever has set another one; an autoscaler's is not", async () => {
  const annotations = async (changes: Partial<WorkloadArgs>) =>
    Object.keys(at((await workload(changes)).deployment, "metadata.annotations") as object);
  expect(await annotations({})).toContain("pulumi.com/patchForce");
  const scaling = { maximum: 5, cpuUtilization: 70 };
  expect(await annotations({ scaling })).not.toContain("pulumi.com/patchForce");
});

test("the whole Service, whose readiness is judged by its pods", async () => {
  const { recording } = await workload();
  expect(recording.object("Service", "thing").inputs).toEqual({
    apiVersion: "v1",
    kind: "Service",
    metadata: { ...metadata, annotations: { "pulumi.com/skipAwait": "true" } },
    spec: {
      type: "ClusterIP",
      selector: selector("thing"),
      ports: [{ name: "http", port: 8080, targetPort: "http", protocol: "TCP" }],
    },
  });
});

test("the whole ServiceAccount", async () => {
  const { recording } = await workload();
  expect(recording.object("ServiceAccount", "thing").inputs).toEqual({
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata,
    automountServiceAccountToken: false,
  });
});

test("the URL leaves port 80 out, and only that", async () => {
  expect((await workload()).outputs.url).toBe("http://thing.place.svc.cluster.test:8080");
  expect((await workload({ servicePort: 80 })).outputs.url).toBe("http://thing.place.svc.cluster.test");
});

test("of several pods a drain takes one at a time; a single one it may take", async () => {
  const { recording } = await workload();
  expect(recording.object("PodDisruptionBudget", "thing").inputs).toEqual({
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata,
    spec: {
      maxUnavailable: 1,
      selector: { matchLabels: selector("thing") },
      unhealthyPodEvictionPolicy: "AlwaysAllow",
    },
  });
  const single = await workload({ replicas: 1 });
  expect(single.recording.ofKind("PodDisruptionBudget")).toEqual([]);
});

test.each([
  ["64Mi", "320Mi"],
  ["768Mi", "1Gi"],
  ["10Gi", "10496Mi"],
])("of the node's storage it takes %s of scratch space and its log", async (scratch, storage) => {
  const { deployment } = await workload({ scratch });
  const part = { "ephemeral-storage": storage };
  expect(containerOf(deployment).resources).toMatchObject({ requests: part, limits: part });
});

test("it mounts the entries that a credential has, and names their files", async () => {
  const entries = ["token", "previous-token"];
  const metricsCredential = { ...mounted("metrics"), entries };
  const { deployment } = await workload({ platform: platform({ metricsCredential }) });
  expect(environmentOf(deployment)).toMatchObject({
    PROMETHEUS_TOKEN_FILE: "/run/secrets/metrics/token",
    PROMETHEUS_TOKEN_PREVIOUS_FILE: "/run/secrets/metrics/previous-token",
  });
  expect(at(deployment, "spec.template.spec.volumes.2.secret.items")).toEqual(
    entries.map((key) => ({ key, path: key })),
  );
});

test("images are pulled with the Secrets that are given", async () => {
  const { deployment } = await workload({ platform: platform({ pullSecrets: ["one", "two"] }) });
  expect(at(deployment, "spec.template.spec.imagePullSecrets")).toEqual([{ name: "one" }, { name: "two" }]);
});

test("without settings, credentials and variables of its own it has its name and the token of its metrics", async () => {
  const { deployment } = await workload({ settings: [], credentials: [], env: {} });
  const names = (containerOf(deployment).env as { name: string }[]).map(({ name }) => name);
  expect(names).toEqual(["SERVICE_NAME", "NODE_OPTIONS", "PROMETHEUS_TOKEN_FILE"]);
});

describe("an image of the platform's own", () => {
  const images = {
    registry: "r.test/p",
    tag: "1.2",
    postgresql: "",
    redis: "",
    pullSecrets: [],
    overrides: {},
  };

  test("is named after its workload", () => {
    expect(ownImage(images, "api-gateway")).toBe("r.test/p/api-gateway:1.2");
  });

  test("gives way to an override, alone", () => {
    const changed = { ...images, overrides: { "api-gateway": "other.test/gateway:3.4" } };
    expect(ownImage(changed, "api-gateway")).toBe("other.test/gateway:3.4");
    expect(ownImage(changed, "tsn-verification")).toBe("r.test/p/tsn-verification:1.2");
  });
});
