import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startCluster, stopCluster } from "../../local/cluster/index.ts";
import { root as checkout } from "../../local/paths.ts";
import { clusterTools } from "./cluster-tools.ts";

const tools = await clusterTools();
const root = mkdtempSync(join(tmpdir(), "downgrade-guard-"));
const args = {
  stateDir: join(root, "main"),
  name: "main",
  tools,
  report: { step: () => {}, detail: () => {} },
  delayScale: 0.1,
};
let kubeconfig: string;

/** Exit code 0 and what was printed, or the error's text. */
async function kubectl(argv: readonly string[], input?: string): Promise<string> {
  const running = promisify(execFile)(tools.kubectl, ["--kubeconfig", kubeconfig, ...argv], {
    env: { HOME: root, PATH: process.env.PATH },
  });
  running.child.stdin?.end(input);
  return running.then(
    ({ stdout }) => stdout,
    (error: { stderr: string }) => error.stderr,
  );
}

interface Definition {
  readonly group: string;
  readonly version: string;
  /** Where the project writes its version. */
  readonly at?: "labels" | "annotations";
  readonly key?: string;
  readonly served?: readonly string[];
}

/** Applies a definition of a kind whose project writes its version so. */
function define({
  group,
  version,
  at = "labels",
  key = "app.kubernetes.io/version",
  served = ["v1"],
}: Definition) {
  const versions = served.map((name, index) => ({
    name,
    served: true,
    storage: index === 0,
    schema: { openAPIV3Schema: { type: "object" } },
  }));
  // The API server wants to see that a group of Kubernetes' own was approved.
  const approved = { "api-approved.kubernetes.io": "unapproved" };
  const metadata =
    at === "labels"
      ? { labels: { [key]: version }, annotations: approved }
      : { annotations: { ...approved, [key]: version } };
  const names = { kind: "Thing", plural: "things", singular: "thing" };
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `things.${group}`, ...metadata },
    spec: { group, scope: "Namespaced", names, versions },
  };
  return kubectl(["apply", "-f", "-"], JSON.stringify(definition));
}

beforeAll(async () => {
  ({ kubeconfig } = await startCluster(args));
  const out = join(root, "rendered");
  const render = [join(checkout, "local", "main.ts"), "render", "cluster", "--out", out];
  await promisify(execFile)(process.execPath, render, { cwd: checkout });
  const objects = join(out, "objects", "_cluster");
  const name = "iot-verification-crd-downgrades";
  for (const kind of ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"])
    expect(await kubectl(["apply", "-f", join(objects, `${kind}.${name}.yaml`)])).toContain("created");
  // The API server begins to apply a policy some moments after it has it.
  await define({ group: "probe.cnpg.io", version: "2.0.0" });
  for (const deadline = Date.now() + 60_000; Date.now() < deadline; await delay(100)) {
    if ((await define({ group: "probe.cnpg.io", version: "1.0.0" })).includes("denied")) return;
    await define({ group: "probe.cnpg.io", version: "2.0.0" });
  }
  throw new Error("the policy is not applied within a minute");
});

afterAll(async () => {
  await stopCluster(args);
  rmSync(root, { recursive: true, force: true });
});

test("the API server finds nothing wrong with the policy's expressions", async () => {
  const status = await kubectl([
    "get",
    "validatingadmissionpolicy",
    "-o",
    "jsonpath={.items[*].status.typeChecking}",
  ]);
  expect(status).not.toContain("expressionWarnings");
});

test.each<[string, Definition, string]>([
  ["a label", { group: "cert-manager.io", version: "v1.21.1" }, "v1.9.4"],
  [
    "the annotation of the Prometheus operator",
    {
      group: "monitoring.coreos.com",
      version: "0.93.1",
      at: "annotations",
      key: "operator.prometheus.io/version",
    },
    "0.93.0",
  ],
  [
    "the annotation of Gateway API",
    {
      group: "gateway.networking.k8s.io",
      version: "v1.6.1",
      at: "annotations",
      key: "gateway.networking.k8s.io/bundle-version",
    },
    "v1.5.9",
  ],
  ["a group below", { group: "security.istio.io", version: "1.30.4" }, "1.29.10"],
])(
  "an older definition is refused, by %s; the same and a newer one are not",
  async (_, definition, older) => {
    const name = `things.${definition.group}`;
    expect(await define(definition)).toContain("created");
    const refusal = await define({ ...definition, version: older });
    expect(refusal).toContain(`${name} is of version ${definition.version} and would become ${older}`);
    expect(await define(definition)).toContain("unchanged");
    expect(await define({ ...definition, version: "2.10.0" })).toContain("configured");
  },
);

test("without a version, a served one may not go", async () => {
  const definition = { group: "barmancloud.cnpg.io", version: "unknown" };
  expect(await define({ ...definition, served: ["v1", "v1beta1"] })).toContain("created");
  expect(await define(definition)).toContain(
    "things.barmancloud.cnpg.io would lose a version that is served",
  );
});

test("kinds of others are nobody's business here", async () => {
  expect(await define({ group: "example.com", version: "2.0.0" })).toContain("created");
  expect(await define({ group: "example.com", version: "1.0.0" })).toContain("configured");
});
