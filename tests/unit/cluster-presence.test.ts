import { expect, test } from "vitest";
import { isBelow, presenceProblems } from "../../components/cluster/presence.ts";
import { operators } from "../../components/contract/operators.ts";
import { describeRefusals, parse } from "./config-cases.ts";

const kubernetes = "1.36.3";
const record = "the ConfigMap iot-verification-cluster/versions";

test("a cluster with what is needed has no problem, whatever else it has or lacks", () => {
  const installed = { eck: operators.eck.version, istio: "0.1.0" };
  expect(presenceProblems(["eck"], { kubernetes, installed })).toEqual([]);
  expect(presenceProblems([], { kubernetes, installed: undefined })).toEqual([]);
});

test("without a record, everything that is needed is named", () => {
  const problems = presenceProblems(["eck", "istio"], { kubernetes, installed: undefined });
  expect(problems).toEqual([
    `${record} is not there, which says what operators there are; this stack needs Elastic Cloud on Kubernetes, Istio: ` +
      "deploy the stack cluster first, with operators.NAME.source present for what is there already",
  ]);
});

test("each operator that is missing, too old or too new is told, all together", () => {
  const installed = { eck: "3.4.9", istio: "1.32.0", "cert-manager": "1.22.0" };
  expect(presenceProblems(["eck", "istio", "longhorn", "cert-manager"], { kubernetes, installed })).toEqual([
    "Elastic Cloud on Kubernetes is 3.4.9, which is too old: 3.5.0 or newer is needed, and below 3.6.0; upgrade it with stack cluster",
    "Istio is 1.32.0, which is too new: nobody has tried 1.32.0 or newer with this platform; install 1.30.4 or newer below that",
    "Longhorn is missing: in stack cluster, set operators.longhorn.source to install, or to present with its version",
  ]);
});

test.each([
  [
    "1.29.14",
    [
      "Kubernetes is 1.29.14; the platform needs 1.30 or newer",
      "Kubernetes is 1.29.14; CloudNativePG supports 1.34 to 1.36",
    ],
  ],
  ["1.33.9+k3s1", ["Kubernetes is 1.33.9+k3s1; CloudNativePG supports 1.34 to 1.36"]],
  ["1.34.0", []],
  ["1.36.12-gke.100", []],
  ["1.37.0", ["Kubernetes is 1.37.0; CloudNativePG supports 1.34 to 1.36"]],
])("Kubernetes %s is held against what operators support", (version, problems) => {
  const installed = { "cloudnative-pg": operators["cloudnative-pg"].version };
  expect(presenceProblems(["cloudnative-pg"], { kubernetes: version, installed })).toEqual(problems);
});

test.each([
  ["1.9.0", "1.10.0", true],
  ["1.10.0", "1.9.0", false],
  ["1.10", "1.10.0", false],
  ["2.0.0", "2.0.1", true],
  ["2.0.1-rc.1", "2.0.1", false],
])("%s is below %s: %s", (version, other, expected) => {
  expect(isBelow(version, other)).toBe(expected);
});

describeRefusals("a configuration of stack cluster", [
  [
    "a key of the platform",
    { layer: "cluster", gateway: { replicas: 4 } },
    "gateway",
    undefined,
    "is of the platform's stacks, and this one's layer is cluster, which has layer, deletionProtection, mirror, operators, longhorn, issuer; take it out",
  ],
  [
    "operators in a stack of the platform",
    { operators: { istio: { source: "none" } } },
    "operators",
    undefined,
    "is of a stack whose layer is cluster, and this one's is platform; take it out",
  ],
  [
    "an operator that is present in no version",
    { layer: "cluster", operators: { istio: { source: "present" } } },
    "operators.istio.version",
    undefined,
    "is missing; it must be the version that there is, as operators.istio.source is present; for example 1.30.4",
  ],
  [
    "one that another needs, left out",
    {
      layer: "cluster",
      operators: { "cert-manager": { source: "none" }, "prometheus-operator": { source: "none" } },
    },
    "operators.cert-manager.source",
    '"none"',
    "must be install or present, as barman-cloud needs it; or leave barman-cloud out too; for example install",
  ],
  [
    "kinds that are a file, beside a mirror",
    { layer: "cluster", mirror: "registry.example.com/mirror" },
    "operators.gateway-api.source",
    '"install"',
    "is the default, and must be present or none, as there is a mirror: its kinds are a file, which no registry has; apply it yourself; for example present",
  ],
  [
    "a misspelt operator",
    { layer: "cluster", operators: { istoi: {} } },
    "operators.istoi",
    undefined,
    "is not a known key; did you mean istio?",
  ],
  [
    "ACME without an address",
    { layer: "cluster", issuer: { form: "acme" } },
    "issuer.email",
    undefined,
    "is missing; it must be an address of mail, as issuer.form is acme; for example platform@example.com",
  ],
]);

test("the defaults of the other layer's keys, which the CLI hands over, are no problem", () => {
  const defaults = {
    namespace: "iot-verification",
    gateway: {},
    logging: {},
    images: {},
    operatorCheck: "enabled",
  };
  expect(parse({ layer: "cluster", ...defaults }).problems).toBeUndefined();
  expect(parse({ layer: "platform", operators: {}, longhorn: {}, issuer: {} }).problems).toBeUndefined();
});
