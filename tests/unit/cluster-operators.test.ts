import { Certificate } from "@kubernetes-models/cert-manager/cert-manager.io/v1/Certificate";
import { ClusterIssuer } from "@kubernetes-models/cert-manager/cert-manager.io/v1/ClusterIssuer";
import { PeerAuthentication } from "@kubernetes-models/istio/security.istio.io/v1/PeerAuthentication";
import { describe, expect, test } from "vitest";
import { recipes } from "../../components/cluster/charts.ts";
import { type Operator, operatorIds, operators } from "../../components/contract/operators.ts";
import { type Asked, gate } from "./mocks.ts";
import { expectValid } from "./models.ts";
import { type Overrides, runProgram, startProgram } from "./program.ts";

const isHelm = ({ type }: Pick<Asked, "type">) => /helm\.sh|yaml\/v2/.test(type);
const run = (config: Overrides = {}) => runProgram({ stack: "cluster", config });
const awaited = ({ inputs }: Asked) =>
  (inputs.metadata as { annotations?: Record<string, string> }).annotations?.["pulumi.com/waitFor"];

/** Names of what is asked for while one resource does not get ready. */
async function askedWhileHeld(name: string): Promise<string[]> {
  const held = gate((resource) => resource.name === name);
  const { recording, outputs, settled } = await startProgram({ stack: "cluster", gate: held });
  await settled();
  const names = recording.asked.map((asked) => asked.name);
  held.open();
  await outputs;
  return names;
}

test("stack cluster installs every operator, each chart at its version and with its values", async () => {
  const { recording, outputs } = await run();
  const made = recording.asked.filter(isHelm).map(({ type, name }) => `${type.split(":").at(-1)} ${name}`);
  expect(made.sort()).toEqual([
    "Chart operators-barman-cloud-plugin-barman-cloud",
    "Chart operators-cloudnative-pg-cloudnative-pg",
    "Chart operators-istio-istio-base",
    "Chart operators-istio-istio-cni",
    "Chart operators-istio-istiod",
    "Chart operators-istio-ztunnel",
    "Chart operators-metrics-server-metrics-server",
    "Chart operators-prometheus-operator-prometheus-operator-crds",
    "ConfigFile operators-gateway-api-manifest",
    "Release operators-cert-manager-cert-manager",
    "Release operators-eck-elastic-operator",
    "Release operators-longhorn-longhorn",
    "Release operators-prometheus-operator-kube-prometheus-stack",
  ]);
  expect(outputs.operators).toEqual(Object.fromEntries(operatorIds.map((id) => [id, operators[id].version])));
  expect(recording.find("Release", "operators-longhorn-longhorn").inputs).toMatchObject({
    chart: "longhorn",
    repositoryOpts: { repo: "https://charts.longhorn.io" },
    version: "1.12.1",
    namespace: "longhorn-system",
    atomic: true,
    values: { defaultSettings: { deletingConfirmationFlag: false, replicaZoneSoftAntiAffinity: false } },
  });
});

test("the chart of an operator is of the version that the record says", () => {
  const all = recipes({ longhornMayBeDeleted: false });
  const same = ["cert-manager", "istio", "eck", "longhorn"] as const;
  for (const id of same)
    for (const { version } of all[id].charts) expect(version.replace(/^v/, "")).toBe(operators[id].version);
  expect(all["gateway-api"].manifest).toContain(`/v${operators["gateway-api"].version}/`);
});

test.each([
  ["operators-gateway-api-manifest", /cert-manager|istio/, /cloudnative-pg|longhorn|eck/],
  ["operators-cert-manager-cert-manager", /barman|kube-prometheus|^issuer-/, /istio-base|cloudnative/],
  ["operators-cloudnative-pg-cloudnative-pg", /barman/, /istio-base/],
  ["operators-istio-istio-base", /istiod|istio-cni|ztunnel|strict-mesh-peers/, /cert-manager/],
  ["operators-istio-istiod", /istio-cni|ztunnel|strict-mesh-peers/, /istio-base/],
  ["operators-istio-istio-cni", /ztunnel|strict-mesh-peers/, /istiod/],
  ["operators-prometheus-operator-prometheus-operator-crds", /kube-prometheus/, /longhorn/],
  ["operators-longhorn-longhorn", /storage-classes-(replicated|local)$/, /istio-base/],
  ["issuer-authority", /issuer-private/, /issuer-root/],
  [
    "downgrade-guard-binding",
    /operators-.*(manifest|istiod|longhorn|cert-manager)$/,
    /downgrade-guard-policy/,
  ],
])("what needs %s waits for it, and nothing else does", async (name, waits, goesOn) => {
  const names = await askedWhileHeld(name);
  const parts = names.filter(
    (one) =>
      !/^operators-(istio|cert-manager|longhorn|eck|cloudnative-pg|barman-cloud)$/.test(one) &&
      !/namespace$/.test(one),
  );
  expect(
    parts.filter((one) => one !== name && waits.test(one.replace("operators-cert-manager-system", ""))),
  ).toEqual([]);
  expect(parts.some((one) => goesOn.test(one))).toBe(true);
});

test.each(operatorIds)("the record waits for %s", async (id) => {
  const { manifest, charts } = recipes({ longhornMayBeDeleted: false })[id];
  const last = charts.at(-1)?.release ?? (manifest ? "manifest" : "");
  expect(await askedWhileHeld(`operators-${id}-${last}`)).not.toContain("installed-versions");
});

test("the record says what there is, from here or from elsewhere, and nothing of what there is not", async () => {
  const { recording } = await run({
    operators: { istio: { source: "present", version: "1.31.2" }, longhorn: { source: "none" } },
  });
  const { inputs } = recording.object("ConfigMap", "versions");
  expect(inputs).toMatchObject({ metadata: { namespace: "iot-verification-cluster" } });
  const { istio, longhorn, eck } = inputs.data as Record<string, string>;
  expect({ istio, longhorn, eck }).toEqual({
    istio: "1.31.2",
    longhorn: undefined,
    eck: operators.eck.version,
  });
  const names = recording.asked.map(({ name }) => name);
  expect(names.filter((name) => /longhorn|storage-class|istiod/.test(name))).toEqual([]);
  // The mesh that is present is strict, too.
  expect(names).toContain("strict-mesh-peers");
});

test("no operator, nothing but the guard and the record", async () => {
  const none = Object.fromEntries(operatorIds.map((id) => [id, { source: "none" }]));
  const { recording } = await run({ operators: none });
  expect(recording.objects()).toEqual([
    "ConfigMap versions",
    "Namespace iot-verification-cluster",
    "ValidatingAdmissionPolicy iot-verification-crd-downgrades",
    "ValidatingAdmissionPolicyBinding iot-verification-crd-downgrades",
  ]);
});

test("namespaces are restricted, but for those whose agents work on the node", async () => {
  const { recording } = await run();
  const levels = recording.ofKind("Namespace").map(({ inputs }) => {
    const { name, labels } = inputs.metadata as { name: string; labels: Record<string, string> };
    return [name, labels["pod-security.kubernetes.io/enforce"]];
  });
  const own = operatorIds.map((id) => (operators[id] as Operator).namespace ?? "kube-system");
  expect(Object.fromEntries(levels)).toEqual({
    ...Object.fromEntries(own.filter((one) => one !== "kube-system").map((one) => [one, "restricted"])),
    "iot-verification-cluster": "restricted",
    "istio-system": "privileged",
    "longhorn-system": "privileged",
  });
});

test("what other stacks live by is protected, until that is lifted; only then Longhorn may be uninstalled", async () => {
  const protectedOnes = async (config: Overrides) => {
    const { recording } = await run(config);
    const longhorn = recording.find("Release", "operators-longhorn-longhorn").inputs.values;
    const flags = recording.constructed.filter(({ type }) => isHelm({ type })).map(({ protect }) => protect);
    return {
      flags: [...new Set(flags)],
      deletable: (longhorn as { defaultSettings: Record<string, unknown> }).defaultSettings
        .deletingConfirmationFlag,
    };
  };
  expect(await protectedOnes({})).toEqual({ flags: [true], deletable: false });
  expect(await protectedOnes({ deletionProtection: "disabled" })).toEqual({
    flags: [false],
    deletable: true,
  });
});

test("no value of a chart is a secret; Longhorn's backups name the Secret that opens them", async () => {
  const { recording } = await run({ longhorn: { backupTarget: "s3://volumes@eu-central-1/" } });
  const charts = recording.asked.filter(isHelm);
  expect(JSON.stringify(charts)).not.toMatch(/password|accessKey|token/i);
  expect(recording.find("Release", "operators-longhorn-longhorn").inputs.values).toMatchObject({
    defaultBackupStore: {
      backupTarget: "s3://volumes@eu-central-1/",
      backupTargetCredentialSecret: "longhorn-backups",
    },
  });
});

test("a class for what Longhorn replicates, and one for what replicates itself; both keep their volumes", async () => {
  const { recording } = await run();
  const classes = recording.ofKind("StorageClass").map(({ inputs }) => inputs);
  expect(
    classes.map(({ metadata, parameters, reclaimPolicy }) => ({
      name: (metadata as { name: string }).name,
      ...(parameters as object),
      reclaimPolicy,
    })),
  ).toEqual([
    {
      name: "longhorn-replicated",
      numberOfReplicas: "3",
      dataLocality: "best-effort",
      staleReplicaTimeout: "30",
      fsType: "ext4",
      dataEngine: "v1",
      reclaimPolicy: "Retain",
    },
    {
      name: "longhorn-local",
      numberOfReplicas: "1",
      dataLocality: "strict-local",
      staleReplicaTimeout: "30",
      fsType: "ext4",
      dataEngine: "v1",
      reclaimPolicy: "Retain",
    },
  ]);
});

describe("the issuer", () => {
  test("is an authority of the cluster's own, awaited step by step", async () => {
    const { recording } = await run();
    const [certificate, issuer] = [
      recording.object("Certificate", "iot-verification-authority"),
      recording.object("ClusterIssuer", "iot-verification"),
    ];
    expectValid(Certificate, certificate.inputs);
    expectValid(ClusterIssuer, issuer.inputs);
    expect(certificate.inputs.spec).toMatchObject({
      isCA: true,
      issuerRef: { name: "iot-verification-root" },
    });
    expect(issuer.inputs.spec).toEqual({ ca: { secretName: "iot-verification-authority" } });
    expect([certificate, issuer].map(awaited)).toEqual(["condition=Ready", "condition=Ready"]);
  });

  test("speaks ACME where that is configured, and is asked through the Gateway", async () => {
    const { recording } = await run({ issuer: { form: "acme", email: "platform@example.com" } });
    const issuer = recording.object("ClusterIssuer", "iot-verification");
    expectValid(ClusterIssuer, issuer.inputs);
    expect(issuer.inputs.spec).toEqual({
      acme: {
        server: "https://acme-v02.api.letsencrypt.org/directory",
        email: "platform@example.com",
        privateKeySecretRef: { name: "iot-verification-account" },
        solvers: [
          {
            http01: {
              gatewayHTTPRoute: {
                parentRefs: [{ name: "edge", namespace: "iot-verification", kind: "Gateway" }],
              },
            },
          },
        ],
      },
    });
    expect(recording.ofKind("Certificate")).toEqual([]);
  });

  test("is left out", async () => {
    const { recording } = await run({ issuer: { form: "none" } });
    expect(recording.ofKind("ClusterIssuer")).toEqual([]);
  });
});

test("the mesh is strict as a whole", async () => {
  const { recording } = await run();
  const { inputs } = recording.object("PeerAuthentication", "default");
  expectValid(PeerAuthentication, inputs);
  expect(inputs).toMatchObject({
    metadata: { namespace: "istio-system" },
    spec: { mtls: { mode: "STRICT" } },
  });
});

test("with a mirror, charts and their images come from there, and nothing else changes", async () => {
  const mirror = "registry.example.com/mirror";
  const present = { operators: { "gateway-api": { source: "present", version: "1.6.1" } } };
  const [plain, copied] = [await run(present), await run({ ...present, mirror })];
  const charts = copied.recording.asked.filter(isHelm);
  expect(charts).toHaveLength(plain.recording.asked.filter(isHelm).length);
  for (const { name, inputs } of charts) {
    expect(inputs.chart).toMatch(/^oci:\/\/registry\.example\.com\/mirror\/charts\/[a-z-]+$/);
    expect(inputs.repositoryOpts).toBeUndefined();
    // Kinds alone have no image.
    if (!/istio-base|crds$/.test(name)) expect(JSON.stringify(inputs.values)).toContain(`"${mirror}/`);
  }
  expect(copied.recording.find("Release", "operators-cert-manager-cert-manager").inputs.values).toEqual({
    ...(plain.recording.find("Release", "operators-cert-manager-cert-manager").inputs.values as object),
    imageRegistry: `${mirror}/quay.io`,
  });
});
