import { expect, test } from "vitest";
import type { Demand } from "../../components/foundation/capacity-demand.ts";
import { logging, loggingWith, loginName, withCredentials } from "./logging-fixtures.ts";
import { gate, secret } from "./mocks.ts";
import { credential, revision } from "./platform.ts";
import { at, labels } from "./shapes.ts";

const authority = "public-tier-logging-certificates-authority";

test("everything that it asks for", async () => {
  const { recording } = await logging();
  expect(recording.objects()).toEqual([
    "ConfigMap elasticsearch-configuration",
    expect.stringMatching(/^ConfigMap elasticsearch-setup-[0-9a-f]{8}$/),
    "ConfigMap filebeat-configuration",
    "ConfigMap kibana-configuration",
    "ConfigMap logstash-configuration",
    "DaemonSet filebeat",
    "Deployment kibana",
    "Deployment logstash",
    "Job elasticsearch-setup",
    "Secret blackbox-exporter-certificate",
    "Secret elasticsearch-certificate",
    "Secret elasticsearch-credentials",
    "Secret elasticsearch-exporter-credentials",
    "Secret elasticsearch-grafana-credentials",
    "Secret elasticsearch-jaeger-credentials",
    "Secret elasticsearch-kibana-credentials",
    "Secret elasticsearch-logstash-credentials",
    "Secret elasticsearch-setup-credentials",
    "Secret elasticsearch-users",
    "Secret filebeat-certificate",
    "Secret kibana-certificate",
    "Secret kibana-settings",
    "Secret logstash-certificate",
    "Secret platform-authority",
    "Service elasticsearch",
    "Service kibana",
    "Service logstash",
    "ServiceAccount elasticsearch",
    "ServiceAccount elasticsearch-setup",
    "ServiceAccount filebeat",
    "ServiceAccount kibana",
    "ServiceAccount logstash",
    "StatefulSet elasticsearch",
  ]);
});

test("what it gives", async () => {
  const { outputs } = await logging();
  const host = "elasticsearch.place.svc.cluster.test";
  const loginOf = (client: string) => ({
    host,
    url: `https://${host}:9200`,
    secret: `elasticsearch-${client}-credentials`,
    revision: expect.stringMatching(/^[0-9a-f]{12}$/),
  });
  expect(outputs).toMatchObject({
    logins: {
      kibana: loginOf("kibana"),
      logstash: loginOf("logstash"),
      jaeger: loginOf("jaeger"),
      grafana: loginOf("grafana"),
      exporter: loginOf("exporter"),
    },
    proberCertificate: {
      secret: "blackbox-exporter-certificate",
      revision: expect.stringMatching(/^[0-9a-f]{12}$/),
    },
    elasticsearchUrl: `https://${host}:9200`,
    kibanaUrl: "https://kibana.place.svc.cluster.test:5601",
    secret: "elasticsearch-credentials",
  });
});

test("what it may ask of each namespace", async () => {
  const { outputs } = await logging();
  const podsOf = (demands: unknown) =>
    (demands as Demand[]).map(({ workload, pods, volumes = [] }) => [workload, pods, volumes]);
  expect(podsOf(outputs.demands)).toEqual([
    ["elasticsearch", 1, ["20Gi"]],
    ["elasticsearch-setup", 2, []],
    ["kibana", 2, []],
    ["logstash", 2, []],
  ]);
  expect(podsOf(outputs.shipperDemands)).toEqual([["filebeat", 3, []]]);
});

const secretsOf = (...clients: readonly string[]) =>
  clients.map((client) => `elasticsearch-${client}-credentials`);
/** What nobody may see before Elasticsearch is set up. */
const prepared = [...secretsOf("logstash", "jaeger"), "elasticsearch-credentials", "logstash"];

test.each([
  [
    "StatefulSet",
    "elasticsearch",
    [
      "elasticsearch-setup",
      "elasticsearch-setup-credentials",
      "kibana",
      ...secretsOf("kibana", "grafana", "exporter"),
      ...prepared,
    ],
  ],
  ["Job", "elasticsearch-setup", prepared],
  ["Deployment", "kibana", ["elasticsearch-credentials"]],
])("while %s %s is not ready, nothing is told that waits for it", async (kind, name, waiting) => {
  const held = gate(
    ({ inputs, type }) =>
      type.startsWith("kubernetes:") && inputs.kind === kind && nameIn(inputs).startsWith(name),
  );
  const { recording, outputs, settled } = await loggingWith(held);
  await settled();
  const asked = recording.asked
    .filter(({ inputs }) => ["Secret", "Job", "DaemonSet", "Deployment"].includes(String(inputs.kind)))
    .map(({ inputs }) => nameIn(inputs).replace(/-[0-9a-f]{8}$/, ""));
  expect(waiting.filter((one) => asked.includes(one))).toEqual([]);
  held.open();
  await outputs;
  expect(recording.objects()).toContain("DaemonSet filebeat");
});

function nameIn(inputs: Readonly<Record<string, unknown>>): string {
  return (inputs.metadata as { name: string }).name;
}

test("the Secret of a program has its login, the address and the authority", async () => {
  const { recording } = await logging();
  expect(recording.object("Secret", "elasticsearch-jaeger-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: "elasticsearch-jaeger-credentials",
      namespace: "place",
      labels: labels("elasticsearch", "logging"),
    },
    stringData: secret({
      username: loginName("jaeger", "jaeger-password"),
      password: "jaeger-password",
      host: "elasticsearch.place.svc.cluster.test",
      port: "9200",
      url: "https://elasticsearch.place.svc.cluster.test:9200",
      "ca.crt": authority,
    }),
  });
});

test("the Secret of people is the superuser's, and says where Kibana is", async () => {
  const { recording } = await logging();
  expect(recording.object("Secret", "elasticsearch-credentials").inputs.stringData).toEqual(
    secret({
      username: "elastic",
      password: "elastic-password",
      host: "elasticsearch.place.svc.cluster.test",
      port: "9200",
      url: "https://elasticsearch.place.svc.cluster.test:9200",
      "ca.crt": authority,
      "kibana-url": "https://kibana.place.svc.cluster.test:5601",
    }),
  );
});

test("a login's revision is of the login and the authority, whatever the others are", async () => {
  const { outputs } = await logging();
  const others = await logging(withCredentials({ grafana: credential("another") }));
  const revisions = (from: typeof outputs) =>
    Object.entries(from.logins as Record<string, { revision: string }>).map(([name, login]) => [
      name,
      login.revision,
    ]);
  const [before, after] = [revisions(outputs), revisions(others.outputs)];
  expect(after.filter(([name, value]) => before.find(([one]) => one === name)?.[1] !== value)).toEqual([
    ["grafana", expect.any(String)],
  ]);
});

test("an authority for ten years, whose key is kept where nobody mounts it", async () => {
  const { recording } = await logging();
  expect(recording.find("SelfSignedCert", "tier-logging-certificates-authority").inputs).toEqual({
    privateKeyPem: secret("generated-tier-logging-certificates-authority-key"),
    subject: { commonName: "IoT verification platform", organization: "iot-verification" },
    isCaCertificate: true,
    allowedUses: ["cert_signing", "crl_signing"],
    validityPeriodHours: 87_600,
    earlyRenewalHours: 8760,
  });
  const holders = recording
    .ofKind("Secret")
    .filter(({ inputs }) => JSON.stringify(inputs.stringData).includes("certificates-authority-key"));
  expect(recording.objects(holders)).toEqual(["Secret platform-authority"]);
  const pods = JSON.stringify(recording.asked.map(({ inputs }) => inputs.spec));
  expect(pods).not.toContain("platform-authority");
});

test("a server's certificate is for all its names, for a year", async () => {
  const { recording } = await logging();
  expect(recording.find("CertRequest", "tier-logging-kibana-tls-request").inputs).toEqual({
    privateKeyPem: secret("generated-tier-logging-kibana-tls-key"),
    subject: { commonName: "kibana" },
    dnsNames: ["kibana", "kibana.place", "kibana.place.svc", "kibana.place.svc.cluster.test", "localhost"],
  });
  expect(recording.find("LocallySignedCert", "tier-logging-kibana-tls-certificate").inputs).toEqual({
    caCertPem: authority,
    caPrivateKeyPem: secret("generated-tier-logging-certificates-authority-key"),
    certRequestPem: "public-tier-logging-kibana-tls-request",
    allowedUses: ["digital_signature", "server_auth"],
    validityPeriodHours: 8760,
    earlyRenewalHours: 2160,
  });
  for (const server of ["elasticsearch", "logstash"])
    expect(at(recording.find("CertRequest", `tier-logging-${server}-tls-request`), "dnsNames.3")).toBe(
      `${server}.place.svc.cluster.test`,
    );
});

test("a server shows the authority's certificate after its own", async () => {
  const { recording } = await logging();
  for (const server of ["elasticsearch", "kibana", "logstash"])
    expect(recording.object("Secret", `${server}-certificate`).inputs.stringData).toEqual(
      secret({
        "tls.crt": `public-tier-logging-${server}-tls-certificate${authority}`,
        "tls.key": `generated-tier-logging-${server}-tls-key`,
        "ca.crt": authority,
      }),
    );
});

test("only the shipper and the prober get certificates that Logstash lets in", async () => {
  const { recording } = await logging();
  const usesOf = (workload: string) =>
    at(recording.find("LocallySignedCert", `tier-logging-${workload}-tls-certificate`), "allowedUses");
  const holders = recording.ofKind("Secret").flatMap(({ inputs }) => {
    const [, workload] = /^(.+)-certificate$/.exec(nameIn(inputs)) ?? [];
    return workload === undefined ? [] : [workload];
  });
  expect(holders.filter((workload) => (usesOf(workload) as string[]).includes("client_auth"))).toEqual([
    "filebeat",
    "blackbox-exporter",
  ]);
  expect(usesOf("filebeat")).toEqual(["digital_signature", "client_auth"]);
  expect(at(recording.object("Secret", "blackbox-exporter-certificate"), "metadata.namespace")).toBe("place");
});

test("the shipper's certificate is in its own namespace", async () => {
  const { recording } = await logging();
  const entries = {
    "tls.crt": "public-tier-logging-filebeat-tls-certificate",
    "tls.key": "generated-tier-logging-filebeat-tls-key",
    "ca.crt": authority,
  };
  expect(recording.object("Secret", "filebeat-certificate").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    type: "kubernetes.io/tls",
    metadata: {
      name: "filebeat-certificate",
      namespace: "place-logs",
      labels: labels("filebeat", "logging"),
    },
    stringData: secret(entries),
  });
  expect(at(recording.object("DaemonSet", "filebeat"), "spec.template.metadata.annotations")).toMatchObject({
    "iot-verification.dev/certificate-revision": revision(JSON.stringify(entries)),
  });
});
