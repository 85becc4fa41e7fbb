import { execFileSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changedByPulumi, changes, changesOfUp } from "./audit.ts";
import { Checkout } from "./checkout.ts";
import { kubectlPath, objects, platformObjects, secretValues } from "./kubernetes.ts";

let checkout: Checkout;
beforeAll(() => {
  checkout = new Checkout();
});
afterAll(() => checkout.remove("dev"));

function kubectl(...argv: string[]): string {
  const kubeconfig = join(checkout.directory, ".local", "dev", "cluster", "kubeconfig");
  const all = ["--kubeconfig", kubeconfig, "--namespace", "iot-verification", ...argv];
  return execFileSync(kubectlPath, all, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

async function up(): Promise<void> {
  const { code, output } = await checkout.run("up");
  expect(code, output).toBe(0);
}

const drift = () => checkout.run("pulumi", "preview", "--refresh", "--expect-no-changes");

async function expectNoDrift(): Promise<void> {
  const { code, output } = await drift();
  expect(code, output).toBe(0);
}

/** The state of a stack is what the folder of its backend has. */
function loseState(): void {
  rmSync(join(checkout.directory, ".local", "dev", "backend"), { recursive: true });
}

/** Identity of every pod, and identity and revision of every Secret: what must be as it was. */
function standing(): unknown[] {
  const versionOf = ({ metadata }: (typeof all)[number]) =>
    (metadata as { readonly resourceVersion?: string }).resourceVersion;
  // What an earlier rollout has ended may still be going.
  const all = objects(checkout, "pods,secrets").filter(
    ({ metadata }) =>
      metadata.namespace?.startsWith("iot-verification") && !("deletionTimestamp" in metadata),
  );
  return all
    .map((object) => {
      const { kind, metadata } = object;
      return [kind, metadata.name, metadata.uid, kind === "Secret" ? versionOf(object) : undefined];
    })
    .sort();
}

/** Resolves once every autoscaler has as many replicas as it wants. */
async function untilScaled(): Promise<void> {
  for (;;) {
    const wanting = objects(checkout, "horizontalpodautoscalers").filter(({ spec, status }) => {
      const { minReplicas = 1 } = spec as { readonly minReplicas?: number };
      return (
        ((status as { readonly currentReplicas?: number } | undefined)?.currentReplicas ?? 0) < minReplicas
      );
    });
    if (wanting.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const line = "  iot-verification:settings:";

describe("a stack that has been operated for a while", () => {
  it("has rotated a credential, grown a volume, and been scaled by its autoscalers", async () => {
    checkout.edit(
      "Pulumi.dev.yaml",
      "    storage: { size: 2Gi }\n    parameters:",
      "    storage: { size: 2Gi, storageClass: longhorn-replicated }\n    parameters:",
    );
    await up();
    checkout.edit("Pulumi.dev.yaml", line, `  iot-verification:rotation: { database: 2 }\n${line}`);
    checkout.edit("Pulumi.dev.yaml", "size: 2Gi, storageClass", "size: 3Gi, storageClass");
    await up();
    const patch = JSON.stringify({ spec: { resources: { requests: { storage: "3Gi" } } } });
    kubectl("patch", "persistentvolumeclaim", "data-postgresql-0", "--type=merge", `--patch=${patch}`);
    await untilScaled();
    const replicas = platformObjects(checkout, "deployments").get("Deployment/api-gateway")?.spec?.replicas;
    expect(replicas).toBe(2);
  }, 900_000);

  it("shows no drift", expectNoDrift);

  it("shows a change by hand", async () => {
    kubectl("set", "env", "deployment/api-gateway", "SERVICE_NAME=by-hand");
    const { code, output } = await drift();
    kubectl("set", "env", "deployment/api-gateway", "SERVICE_NAME=api-gateway");
    kubectl("rollout", "status", "deployment/api-gateway", "--timeout=120s");
    expect([code === 0, output]).toEqual([
      false,
      expect.stringContaining("gateway-api-deployment refresh [diff: ~spec]"),
    ]);
  });
});

describe("a state that is lost", () => {
  it("is not rebuilt while it is there", async () => {
    const { code, output } = await checkout.run("recover");
    expect(code).toBe(1);
    expect(output).toContain("the state of stack dev is not lost: it has ");
  });

  it("is rebuilt from the cluster, where nothing changes", async () => {
    await untilScaled();
    const [before, known] = [standing(), changes(checkout).filter(({ byPulumi }) => byPulumi).length];
    loseState();
    const { code, output } = await checkout.run("recover");
    expect(code, output).toBe(0);
    expect(output).toContain("The state of stack dev is rebuilt");
    expect(output).not.toMatch(/Not in the cluster|Found in no Secret|not of the program/);
    await expectNoDrift();
    expect(standing()).toEqual(before);
    expect(changes(checkout).filter(({ byPulumi }) => byPulumi)).toHaveLength(known);
  });

  it("holds no secret value in plain text", () => {
    const state = checkout.read(".local/dev/backend/.pulumi/stacks/iot-verification/dev.json");
    for (const secret of ["database-credentials", "postgresql-accepted-credentials", "revision-key"])
      for (const [entry, value] of Object.entries(secretValues(checkout, secret)))
        if (/password|^key$/.test(entry)) expect([entry, state.includes(value)]).toEqual([entry, false]);
  });

  it("is deployed from as before: nothing to do, then exactly what changes", async () => {
    expect(changedByPulumi(await changesOfUp(checkout))).toEqual([]);
    checkout.edit("Pulumi.dev.yaml", "rotation: { database: 2 }", "rotation: { database: 2, redis: 2 }");
    const changed = changedByPulumi(await changesOfUp(checkout));
    expect(changed).toContain("statefulsets/redis");
    expect(changed).not.toContain("statefulsets/postgresql");
  }, 600_000);

  it("is rebuilt without what is missing, which the next deployment creates, and names what nobody knows", async () => {
    kubectl("delete", "poddisruptionbudget", "api-gateway");
    kubectl("create", "configmap", "leftover");
    kubectl("label", "configmap", "leftover", "app.kubernetes.io/part-of=iot-verification");
    loseState();
    const { code, output } = await checkout.run("recover");
    expect(code, output).toBe(0);
    expect(output).toMatch(
      /Not in the cluster; .*:\n {2}PodDisruptionBudget iot-verification\/api-gateway\n/,
    );
    expect(output).toMatch(/not of the program; .*:\n {2}ConfigMap iot-verification\/leftover\n/);
    expect(changedByPulumi(await changesOfUp(checkout))).toEqual(["poddisruptionbudgets/api-gateway"]);
  }, 600_000);

  it("is taken down as any other", async () => {
    const { code, output } = await checkout.run("pulumi", "destroy", "--yes");
    expect(code, output).toBe(0);
    expect([...platformObjects(checkout, "deployments,statefulsets,secrets").keys()]).toEqual([]);
  });
});
