import { describe, expect, test } from "vitest";
import { Autoscaling, type AutoscalingArgs } from "../../components/autoscaling/index.ts";
import { standards } from "../../components/contract/standards.ts";
import type { Scaling } from "../../components/foundation/autoscaler.ts";
import { Workload } from "../../components/foundation/workload.ts";
import { autoscaling, checkAutoscaling } from "../../config/sections/autoscaling.ts";
import { gatewayScaling, verifierScaling } from "../../config/slices/autoscaling.ts";
import { type Gate, gate, record, type Secret, start } from "./mocks.ts";
import { platform } from "./platform.ts";
import { at, labels } from "./shapes.ts";

const resources = { requests: { cpu: "10m", memory: "16Mi" }, limits: { cpu: "20m", memory: "32Mi" } };

function startWorkload(scaling?: Scaling, held?: Gate) {
  return start({
    ...(held && { gate: held }),
    program() {
      const { demand } = new Workload("tier-thing", {
        platform: platform(),
        workload: "thing",
        component: "verifier",
        image: "registry.test/thing:1.0",
        replicas: 3,
        scaling,
        resources,
        scratch: "1Gi",
        servicePort: 8080,
        settings: [],
        credentials: [],
        heapBytes: 16 * 2 ** 20,
        terminationGracePeriodSeconds: 45,
      });
      return { demand };
    },
  });
}

async function workload(scaling?: Scaling) {
  const { recording, outputs } = await startWorkload(scaling);
  return { outputs: await outputs, recording, deployment: recording.object("Deployment", "thing") };
}

describe("a workload that scales", () => {
  test("has the autoscaler of its Deployment", async () => {
    const { recording } = await workload({ maximum: 10, cpuUtilization: 70, memoryUtilization: 80 });
    expect(recording.object("HorizontalPodAutoscaler", "thing")).toEqual({
      type: "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
      name: "tier-thing-autoscaler",
      custom: true,
      inputs: {
        apiVersion: "autoscaling/v2",
        kind: "HorizontalPodAutoscaler",
        metadata: { name: "thing", namespace: "place", labels: labels("thing", "verifier") },
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "thing" },
          minReplicas: 3,
          maxReplicas: 10,
          metrics: [
            {
              type: "Resource",
              resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 70 } },
            },
            {
              type: "Resource",
              resource: { name: "memory", target: { type: "Utilization", averageUtilization: 80 } },
            },
          ],
          behavior: {
            scaleUp: {
              stabilizationWindowSeconds: 60,
              policies: [{ type: "Percent", value: 100, periodSeconds: 15 }],
            },
            scaleDown: {
              stabilizationWindowSeconds: 300,
              policies: [{ type: "Percent", value: 10, periodSeconds: 60 }],
            },
          },
        },
      },
    });
  });

  test("gets it once the Deployment is there", async () => {
    const held = gate(({ inputs }) => inputs.kind === "Deployment");
    const run = await startWorkload({ maximum: 10, cpuUtilization: 70 }, held);
    await run.settled();
    expect(run.recording.ofKind("HorizontalPodAutoscaler")).toEqual([]);
    held.open();
    await run.outputs;
    expect(run.recording.ofKind("HorizontalPodAutoscaler").length).toBe(1);
  });

  test("leaves memory out when it is told nothing of it", async () => {
    const { recording } = await workload({ maximum: 8, cpuUtilization: 75 });
    expect(at(recording.object("HorizontalPodAutoscaler", "thing"), "spec.metrics")).toEqual([
      {
        type: "Resource",
        resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 75 } },
      },
    ]);
  });

  test("leaves the number of its pods to the autoscaler, and asks for room for the most of them, replaced", async () => {
    const scaled = await workload({ maximum: 10, cpuUtilization: 70 });
    expect(at(scaled.deployment, "spec")).not.toHaveProperty("replicas");
    expect(scaled.outputs.demand).toMatchObject({ pods: 20 });
    const fixed = await workload();
    expect(at(fixed.deployment, "spec.replicas")).toBe(3);
    expect(fixed.outputs.demand).toEqual({
      workload: "thing",
      pods: 6,
      containers: [
        {
          requests: { cpu: "10m", memory: "16Mi", "ephemeral-storage": "1280Mi" },
          limits: { cpu: "20m", memory: "32Mi", "ephemeral-storage": "1280Mi" },
        },
      ],
    });
    expect(fixed.recording.ofKind("HorizontalPodAutoscaler")).toEqual([]);
  });
});

describe("by the defaults of the configuration", () => {
  const config = { autoscaling: autoscaling.parse({}) };

  test("the gateway scales by CPU and memory, every standard by CPU", () => {
    expect(gatewayScaling(config)).toEqual({ maximum: 10, cpuUtilization: 70, memoryUtilization: 80 });
    for (const { id } of standards) {
      expect(verifierScaling(config, id)).toEqual({
        maximum: 8,
        cpuUtilization: 75,
        memoryUtilization: undefined,
      });
    }
  });

  test("a standard differs where it says so, alone", () => {
    const own = autoscaling.parse({
      verification: { overrides: { tsn: { maxReplicas: 16, memoryUtilization: 300 } } },
    });
    expect(verifierScaling({ autoscaling: own }, "tsn")).toEqual({
      maximum: 16,
      cpuUtilization: 75,
      memoryUtilization: 300,
    });
    expect(verifierScaling({ autoscaling: own }, "opcua")).toMatchObject({ maximum: 8 });
  });

  test("without metrics nothing scales", () => {
    const none = { autoscaling: autoscaling.parse({ metrics: "none" }) };
    expect(gatewayScaling(none)).toBeUndefined();
    expect(verifierScaling(none, "tsn")).toBeUndefined();
  });
});

describe("a maximum below the number that a workload begins with", () => {
  const schema = (verification: object, gateway = 3) => ({
    gateway: { replicas: gateway },
    verification: { replicas: 2, overrides: {}, ...verification },
  });
  const issuesOf = (values: object, rest: ReturnType<typeof schema>) => {
    const issues: object[] = [];
    const context = { issues: [], addIssue: (issue: object) => void issues.push(issue) };
    checkAutoscaling({ autoscaling: autoscaling.parse(values), ...rest }, context as never);
    return issues;
  };

  test("is a problem of the gateway, unless nothing scales", () => {
    const rest = schema({}, 4);
    const values = { gateway: { maxReplicas: 3 } };
    expect(issuesOf(values, rest)).toEqual([
      {
        code: "custom",
        path: ["autoscaling", "gateway", "maxReplicas"],
        params: {
          value: 3,
          allowed: "at least gateway.replicas, which is 4; or lower that",
          example: "4",
        },
      },
    ]);
    expect(issuesOf({ ...values, metrics: "none" }, rest)).toEqual([]);
    expect(issuesOf({ gateway: { maxReplicas: 4 } }, rest)).toEqual([]);
  });

  test("is a problem of a standard, by the key that decides", () => {
    const rest = schema({ overrides: { tsn: { replicas: 9 } } });
    expect(issuesOf({}, rest)).toMatchObject([
      {
        path: ["autoscaling", "verification", "maxReplicas"],
        params: { allowed: "at least verification.overrides.tsn.replicas, which is 9; or lower that" },
      },
    ]);
    const overrides = { tsn: { maxReplicas: 9 }, opcua: { maxReplicas: 1 } };
    expect(issuesOf({ verification: { overrides } }, rest)).toMatchObject([
      {
        path: ["autoscaling", "verification", "overrides", "opcua", "maxReplicas"],
        params: { allowed: "at least verification.replicas, which is 2; or lower that", example: "2" },
      },
    ]);
  });
});

async function tier(
  metrics: AutoscalingArgs["metrics"],
  kubeletCertificates: "verified" | "unverified" = "verified",
) {
  return record({
    program() {
      const { demands } = new Autoscaling("autoscaling", {
        platform: platform(),
        metrics,
        metricsServer: { image: "registry.test/metrics-server:v1", resources, kubeletCertificates },
      });
      return { demands };
    },
  });
}

describe("metrics", () => {
  test.each(["present", "none"] as const)(
    "that are %s need nothing of the platform's own",
    async (metrics) => {
      const { recording, outputs } = await tier(metrics);
      expect(recording.objects()).toEqual([]);
      expect(outputs.demands).toEqual([]);
    },
  );

  test("that are to be installed have a server with what it may ask, once it is ready", async () => {
    const { recording } = await tier("install");
    expect(recording.objects()).toEqual([
      "APIService v1beta1.metrics.k8s.io",
      "ClusterRole place:metrics-server",
      "ClusterRoleBinding place:metrics-server",
      "Deployment metrics-server",
      "Role place:metrics-server",
      "RoleBinding place:metrics-server",
      "Secret metrics-server-certificate",
      "Service metrics-server",
      "ServiceAccount metrics-server",
    ]);
    const spec = at(recording.object("APIService", "v1beta1.metrics.k8s.io"), "spec") as { caBundle: string };
    expect(spec).toEqual({
      group: "metrics.k8s.io",
      version: "v1beta1",
      groupPriorityMinimum: 100,
      versionPriority: 100,
      service: { name: "metrics-server", namespace: "place", port: 10250 },
      caBundle: expect.any(String),
    });
    // The API server trusts just what the server shows.
    const { value } = recording.object("Secret", "metrics-server-certificate").inputs.stringData as Secret;
    const shown = (value as Record<string, string>)["tls.crt"];
    expect(Buffer.from(spec.caBundle, "base64").toString()).toBe(shown);
    const binding = recording.object("RoleBinding", "place:metrics-server");
    expect(at(binding, "metadata.namespace")).toBe("kube-system");
    expect(recording.object("Role", "place:metrics-server").inputs.rules).toEqual([
      {
        apiGroups: [""],
        resources: ["configmaps"],
        resourceNames: ["extension-apiserver-authentication"],
        verbs: ["get", "list", "watch"],
      },
    ]);
    expect(recording.object("ClusterRole", "place:metrics-server").inputs.rules).toEqual([
      { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
      { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
      { apiGroups: ["authentication.k8s.io"], resources: ["tokenreviews"], verbs: ["create"] },
      { apiGroups: ["authorization.k8s.io"], resources: ["subjectaccessreviews"], verbs: ["create"] },
    ]);
  });

  test("come from kubelets whose certificates are verified, unless that is turned off", async () => {
    const args = async (kubelets: "verified" | "unverified") => {
      const { recording } = await tier("install", kubelets);
      return at(recording.object("Deployment", "metrics-server"), "spec.template.spec.containers.0.args");
    };
    const common = [
      "--secure-port=10250",
      "--tls-cert-file=/run/secrets/certificate/tls.crt",
      "--tls-private-key-file=/run/secrets/certificate/tls.key",
      "--metric-resolution=15s",
      "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
      "--kubelet-use-node-status-port",
    ];
    expect(await args("verified")).toEqual([
      ...common,
      "--kubelet-certificate-authority=/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
    ]);
    expect(await args("unverified")).toEqual([...common, "--kubelet-insecure-tls"]);
  });
});
