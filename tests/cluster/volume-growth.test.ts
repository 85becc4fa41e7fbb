import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changedByPulumi, changesOfUp } from "./audit.ts";
import { Checkout } from "./checkout.ts";
import { kubectlPath, platformObjects } from "./kubernetes.ts";

/** What is of interest of a claim. */
interface Claim {
  readonly spec: {
    readonly resources: { readonly requests: { readonly storage: string } };
    readonly volumeName: string;
  };
  readonly status: { readonly phase: string; readonly capacity: { readonly storage: string } };
}

let checkout: Checkout;
beforeAll(() => {
  checkout = new Checkout();
  // A class of the local cluster whose volumes grow.
  checkout.edit("Pulumi.dev.yaml", size("2Gi"), size("2Gi, storageClass: longhorn-replicated"));
});
afterAll(() => checkout.remove("dev"));

/** The data volume of PostgreSQL in the configuration. */
function size(text: string): string {
  return `    storage: { size: ${text} }\n    parameters:`;
}

function kubectl(...argv: string[]): string {
  const kubeconfig = join(checkout.directory, ".local", "dev", "cluster", "kubeconfig");
  const all = ["--kubeconfig", kubeconfig, "--namespace", "iot-verification", ...argv];
  return execFileSync(kubectlPath, all, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

function claim(name: string): Claim {
  const found = platformObjects(checkout, "persistentvolumeclaims").get(`PersistentVolumeClaim/${name}`);
  if (!found) throw new Error(`there is no claim ${name}`);
  return found as unknown as Claim;
}

/** The command of docs/volumes.md. */
function grow(name: string, storage: string): string {
  const patch = JSON.stringify({ spec: { resources: { requests: { storage } } } });
  return kubectl("patch", "persistentvolumeclaim", name, "--type=merge", `--patch=${patch}`);
}

async function up(): Promise<void> {
  const { code, output } = await checkout.run("up");
  expect(code, output).toBe(0);
}

/** What must neither roll nor be replaced: identity and generation of server, pod and claim. */
function standing() {
  const all = platformObjects(checkout, "statefulsets,pods,persistentvolumeclaims");
  return [...all]
    .filter(([name]) => /postgresql/.test(name))
    .map(([name, { metadata }]) => [name, metadata.uid, metadata.generation]);
}

describe("the volume of a running database", () => {
  it("is made as large as the configuration says", { timeout: 900_000 }, async () => {
    await up();
    const { spec, status } = claim("data-postgresql-0");
    expect([spec.resources.requests.storage, status]).toMatchObject(["2Gi", { phase: "Bound" }]);
  });

  it("may not grow beyond what the namespace is given", () => {
    expect(() => grow("data-postgresql-0", "3Gi")).toThrow(/exceeded quota: capacity.*requests\.storage/);
  });

  it("is not touched by a larger size in the configuration, which gives the namespace more", async () => {
    const before = standing();
    checkout.edit(
      "Pulumi.dev.yaml",
      size("2Gi, storageClass: longhorn-replicated"),
      size("3Gi, storageClass: longhorn-replicated"),
    );
    expect(changedByPulumi(await changesOfUp(checkout))).toEqual(["resourcequotas/capacity"]);
    expect(standing()).toEqual(before);
    expect(claim("data-postgresql-0").spec.resources.requests.storage).toBe("2Gi");
  });

  it("then grows by its claim, under the server that goes on", () => {
    const servers = () => standing().filter(([name]) => !String(name).startsWith("PersistentVolumeClaim"));
    const before = servers();
    grow("data-postgresql-0", "3Gi");
    const { spec } = claim("data-postgresql-0");
    expect(spec.resources.requests.storage).toBe("3Gi");
    // What the driver of the class does next; no driver runs in this cluster.
    const capacity = JSON.stringify({ capacity: { storage: "3Gi" } });
    kubectl("patch", "persistentvolume", spec.volumeName, "--type=merge", `--patch={"spec":${capacity}}`);
    kubectl(
      "patch",
      "persistentvolumeclaim",
      "data-postgresql-0",
      "--subresource=status",
      "--type=merge",
      `--patch={"status":${capacity}}`,
    );
    expect(claim("data-postgresql-0").status).toMatchObject({ phase: "Bound", capacity: { storage: "3Gi" } });
    expect(servers()).toEqual(before);
  });

  it("is what the stack knows already: nothing is left to change", async () => {
    expect(changedByPulumi(await changesOfUp(checkout))).toEqual([]);
    const { code, output } = await checkout.run("pulumi", "preview", "--expect-no-changes");
    expect(code, output).toBe(0);
  });

  it("is made anew in that size once the StatefulSet is, which takes its running pod over", async () => {
    const pods = () => standing().filter(([name]) => name === "Pod/postgresql-0");
    const before = pods();
    expect(before).toHaveLength(1);
    kubectl("delete", "statefulset", "postgresql", "--cascade=orphan");
    const { code, output } = await checkout.run("pulumi", "up", "--refresh", "--yes", "--skip-preview");
    expect(code, output).toBe(0);
    const template = "{.spec.volumeClaimTemplates[0].spec.resources.requests.storage}";
    expect(kubectl("get", "statefulset", "postgresql", `--output=jsonpath=${template}`)).toBe("3Gi");
    expect(pods()).toEqual(before);
  });

  it("never becomes smaller", () => {
    expect(() => grow("data-postgresql-0", "2Gi")).toThrow(/can not be less than status\.capacity/);
  });

  it("of a class whose volumes do not grow, is refused", () => {
    expect(() => grow("data-redis-0", "513Mi")).toThrow(/must support resize/);
  });
});
