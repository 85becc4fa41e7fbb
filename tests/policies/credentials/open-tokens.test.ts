import { expect, test } from "vitest";
import { openTokens } from "../../../policies/credentials/open-tokens.ts";
import { foundBy, messagesOf } from "../world.ts";

// Put together here, so that no scanner takes this file for a leak.
const tokens = {
  "a private key": `-----BEGIN RSA ${"PRIVATE KEY"}-----\nMIIE`,
  "an AWS access key": `AKIA${"ABCDEFGH12345678"}`,
  "a GitHub token": `ghp_${"a1B2".repeat(9)}`,
  "a GitLab token": `glpat-${"a1B2".repeat(5)}`,
  "a Slack token": `xoxb-${"1234567890"}-abc`,
  "a Slack webhook": `https://hooks.slack.com/services/T0000000/B0000000/${"x".repeat(24)}`,
  "a Google API key": `AIza${"a1B2c".repeat(7)}`,
  "a Stripe key": `sk_live_${"a1B2".repeat(6)}`,
  "a signed token (JWT)": `eyJ${"hbGciOiJI"}.eyJ${"zdWIiOiIx"}.${"s".repeat(20)}`,
  "a login for HTTP": `Authorization: Basic ${"YWRtaW46YWRtaW4="}`,
  "a bearer token": `Authorization: Bearer ${"0a1b2c3d4e5f6"}`,
  "a key of an application (base64:...)": `base64:${"a1B2".repeat(10)}abc=`,
};

test("objects hold no tokens", () => {
  expect(foundBy(openTokens)).toEqual([]);
});

test.each(Object.entries(tokens))("%s", (what, token) => {
  const changes = { "ConfigMap/web-settings data": { "web.yaml": `theme: dark\nkey: ${token}\n` } };
  expect(foundBy(openTokens, changes)).toEqual(['ConfigMap/web-settings data["web.yaml"]']);
  const [message] = messagesOf(openTokens, changes);
  expect(message).toContain(`web.yaml holds ${what}. `);
  expect(message).not.toContain(token);
});

test("in variables, arguments and annotations", () => {
  const token = tokens["a GitHub token"];
  const container = "Deployment/web spec.template.spec.containers.0";
  const changes = {
    [`${container}.env`]: [{ name: "THING", value: token }],
    [`${container}.args`]: ["--verbose", `--thing=${token}`],
    "Service/web metadata.annotations": { thing: token },
  };
  expect(foundBy(openTokens, changes)).toEqual([
    "Deployment/web spec.template.spec.containers[0].env[0].value",
    "Deployment/web spec.template.spec.containers[0].args[1]",
    "Service/web metadata.annotations.thing",
  ]);
});

test("certificates, digests and the values of Secrets are none", () => {
  const changes = {
    "ConfigMap/web-settings data": {
      "ca.crt": "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----\n",
      digest: `sha256:${"a1b2".repeat(16)}`,
      "web.yaml": "key: /run/secrets/tls.key\n",
    },
    "Secret/key": {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "key" },
      stringData: { "tls.key": tokens["a private key"] },
    },
  };
  expect(foundBy(openTokens, changes)).toEqual([]);
});
