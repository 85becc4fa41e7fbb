import { expect, test } from "vitest";
import { parse } from "yaml";
import { logging, loginName, withCredentials } from "./logging-fixtures.ts";
import { type Recording, Secret } from "./mocks.ts";
import { credential } from "./platform.ts";
import { containerOf } from "./shapes.ts";

test("Kibana's secrets are in a file of their own, and neither in arguments nor in the environment", async () => {
  const { recording } = await logging();
  const deployment = recording.object("Deployment", "kibana");
  expect(containerOf(deployment)).toMatchObject({
    command: [
      "/usr/share/kibana/bin/kibana",
      "--config",
      "/etc/kibana/kibana.yml",
      "--config",
      "/run/secrets/settings/credentials.yml",
    ],
    env: [{ name: "NODE_OPTIONS", value: "--max-old-space-size=1228" }],
    startupProbe: { httpGet: { path: "/api/status", port: "https", scheme: "HTTPS" }, failureThreshold: 60 },
    readinessProbe: { httpGet: { path: "/api/status", port: "https", scheme: "HTTPS" } },
    livenessProbe: { tcpSocket: { port: "https" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
  });
  const { data } = recording.object("ConfigMap", "kibana-configuration").inputs;
  expect((data as Record<string, string>)["kibana.yml"]).not.toMatch(/password|encryptionKey/);
  expect(settingsOf(recording)).toEqual({
    "elasticsearch.hosts": ["https://elasticsearch.place.svc.cluster.test:9200"],
    "elasticsearch.username": loginName("kibana", "kibana-password"),
    "elasticsearch.password": "kibana-password",
    "xpack.security.encryptionKey": expect.stringMatching(/^[0-9a-f]{64}$/),
    "xpack.encryptedSavedObjects.encryptionKey": expect.stringMatching(/^[0-9a-f]{64}$/),
    "xpack.reporting.encryptionKey": expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

function settingsOf(recording: Recording): Record<string, unknown> {
  const { stringData } = recording.object("Secret", "kibana-settings").inputs;
  if (!(stringData instanceof Secret)) throw new Error("the settings are no secret to Pulumi");
  const { "credentials.yml": file } = stringData.value as Record<string, string>;
  return parse(file ?? "") as Record<string, unknown>;
}

test("Kibana has a key for each use, which are the same whatever its login is", async () => {
  const keys = (recording: Recording) =>
    Object.entries(settingsOf(recording)).filter(([name]) => name.endsWith("encryptionKey"));
  const before = keys((await logging()).recording);
  expect(new Set(before.map(([, value]) => value)).size).toBe(3);
  const rotated = await logging(withCredentials({ kibana: credential("new-password", "kibana-password") }));
  expect(keys(rotated.recording)).toEqual(before);
});
