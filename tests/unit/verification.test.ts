import { describe, expect, test, vi } from "vitest";
import { type Standard, type StandardId, standards } from "../../components/contract/standards.ts";
import { Verification, type VerificationArgs } from "../../components/verification/index.ts";
import { verifierResources } from "../../components/verification/sizing.ts";
import { accepted, problemsOf } from "./config-cases.ts";
import { record } from "./mocks.ts";
import { mounted, platform } from "./platform.ts";
import { runProgram } from "./program.ts";
import { at, containerOf, environmentOf } from "./shapes.ts";

const resources = { requests: { cpu: "1", memory: "1Gi" }, limits: { cpu: "2", memory: "2Gi" } };

const verifiers = verifiersOf((id) => ({ image: `registry.test/${id}:1.0`, replicas: 2 }));

function verifiersOf(
  size: (id: StandardId) => { image: string; replicas: number },
): VerificationArgs["verifiers"] {
  return Object.fromEntries(standards.map(({ id }) => [id, size(id)])) as VerificationArgs["verifiers"];
}

function verification(changes: Partial<VerificationArgs> = {}) {
  return record({
    program() {
      const { urls } = new Verification("verification", {
        platform: platform(),
        verifiers,
        resources,
        serviceMemory: "1Gi",
        scratch: "10Gi",
        verificationTimeout: 300,
        credentials: [mounted("database"), mounted("redis")],
        ...changes,
      });
      return urls;
    },
  });
}

test("each standard has a workload and a URL of its own, and all are alike", async () => {
  const { recording, outputs } = await verification();
  expect(Object.keys(outputs)).toEqual(["tsn", "opcua", "onem2m", "wot", "matter"]);
  for (const { id } of standards) {
    const name = `${id}-verification`;
    expect(outputs[id]).toBe(`http://${name}.place.svc.cluster.test:8080`);
    const deployment = recording.object("Deployment", name);
    expect(deployment.name).toBe(`verification-${id}-deployment`);
    expect(at(deployment, "spec.replicas")).toBe(2);
    expect(at(deployment, "spec.template.metadata.labels")).toMatchObject({
      "app.kubernetes.io/component": "verifier",
    });
    expect(containerOf(deployment)).toMatchObject({
      image: `registry.test/${id}:1.0`,
      resources: {
        requests: { ...resources.requests, "ephemeral-storage": "10496Mi" },
        limits: { ...resources.limits, "ephemeral-storage": "10496Mi" },
      },
    });
    expect(at(deployment, "spec.template.spec.volumes.0")).toEqual({
      name: "scratch",
      emptyDir: { sizeLimit: "10Gi" },
    });
    expect(environmentOf(deployment)).toMatchObject({
      SERVICE_NAME: name,
      STANDARD: id,
      NODE_OPTIONS: "--max-old-space-size=512",
    });
    expect(at(deployment, "spec.template.spec.shareProcessNamespace")).toBe(true);
  }
});

test("one standard may have replicas and an image of its own", async () => {
  const { recording } = await verification({
    verifiers: { ...verifiers, matter: { image: "other.test/matter:2.0", replicas: 7 } },
  });
  const seen = standards.map(({ id }) => {
    const deployment = recording.object("Deployment", `${id}-verification`);
    return [id, at(deployment, "spec.replicas"), containerOf(deployment).image];
  });
  const usual = (id: string) => [id, 2, `registry.test/${id}:1.0`];
  expect(seen).toEqual([
    ...["tsn", "opcua", "onem2m", "wot"].map(usual),
    ["matter", 7, "other.test/matter:2.0"],
  ]);
});

test("a pod that has to end takes its last requests, lets a verification reach its limit, and stores its result", async () => {
  const { recording } = await verification({ verificationTimeout: 1200 });
  const deployment = recording.object("Deployment", "tsn-verification");
  expect(at(deployment, "spec.template.spec.terminationGracePeriodSeconds")).toBe(1235);
});

describe("a verifier's size", () => {
  test.each([
    ["the defaults", "1", "1Gi", "2", "4Gi", "3", "5Gi"],
    ["those of dev", "250m", "192Mi", "500m", "256Mi", "750m", "448Mi"],
    ["sums that become whole", "1500m", "512Mi", "0.5", "1536Mi", "2", "2Gi"],
  ])(
    "is the service's limits and its engines' on top: %s",
    (_, cpu, memory, engineCpu, engineMemory, sumCpu, sumMemory) => {
      const requests = { cpu: "100m", memory: "64Mi" };
      const engines = { cpu: engineCpu, memory: engineMemory };
      expect(verifierResources({ requests, limits: { cpu, memory } }, engines)).toEqual({
        requests,
        limits: { cpu: sumCpu, memory: sumMemory },
      });
    },
  );
});

describe("the table of standards", () => {
  test("has ids that are DNS labels, short enough for their Services, and no id twice", () => {
    for (const { id, title, specification } of standards as readonly Standard[]) {
      expect(`${id}-verification`).toMatch(/^[a-z][a-z0-9]{0,49}-verification$/);
      expect([title, specification]).not.toContain("");
    }
    expect(new Set(standards.map(({ id }) => id)).size).toBe(standards.length);
  });

  test("is all that a sixth standard needs", { timeout: 60_000 }, async () => {
    vi.resetModules();
    vi.doMock("../../components/contract/standards.ts", () => ({
      standards: [...standards, { id: "zigbee", title: "Zigbee", specification: "CSA 05-3474" }],
    }));
    try {
      const { recording, outputs } = await runProgram({
        config: {
          verification: { overrides: { zigbee: { replicas: 4 } } },
          autoscaling: { verification: { overrides: { zigbee: { maxReplicas: 6 } } } },
          images: { overrides: { "zigbee-verification": "other.test/zigbee:1.0" } },
        },
      });
      expect(recording.objects().filter((object) => object.includes("zigbee"))).toEqual([
        "Deployment zigbee-verification",
        "HorizontalPodAutoscaler zigbee-verification",
        "NetworkPolicy zigbee-verification",
        "PodDisruptionBudget zigbee-verification",
        "Service zigbee-verification",
        "ServiceAccount zigbee-verification",
      ]);
      const deployment = recording.object("Deployment", "zigbee-verification");
      const scaler = recording.object("HorizontalPodAutoscaler", "zigbee-verification");
      expect(scaler.inputs.spec).toMatchObject({ minReplicas: 4, maxReplicas: 6 });
      expect(containerOf(deployment).image).toBe("other.test/zigbee:1.0");
      expect(environmentOf(deployment)).toMatchObject({
        SERVICE_NAME: "zigbee-verification",
        STANDARD: "zigbee",
      });
      expect(outputs.verificationUrls).toMatchObject({
        zigbee: "http://zigbee-verification.iot-verification.svc.cluster.local:8080",
      });
    } finally {
      vi.doUnmock("../../components/contract/standards.ts");
      vi.resetModules();
    }
  });

  test("is where the configuration's keys come from", () => {
    const everything = Object.fromEntries(standards.map(({ id }) => [id, { replicas: 1 }]));
    expect(accepted({ verification: { overrides: everything } }).verification.overrides).toEqual(everything);
    expect(problemsOf({ verification: { overrides: { zigbee: { replicas: 1 } } } })).toHaveLength(1);
  });
});
