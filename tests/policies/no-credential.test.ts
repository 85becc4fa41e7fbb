import { describe, expect, test } from "vitest";
import { rules } from "../../policies/rules.ts";
import { type Changes, messagesOf, worldWith } from "./world.ts";

/** Values that are guessed at once, are of a known form, or look like nothing. */
const credentials = ["hunter2-Marzipan", "ghp_0123456789abcdefghijABCDEFGHIJ012345", "Xk9vQ2mZ7wLr4TnB8pYs"];

const container = "Deployment/web spec.template.spec.containers.0";
const secret = (data: object) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name: "login", namespace: "shop" },
  type: "Opaque",
  ...data,
});

/** Wherever people put a credential. */
const places = (credential: string): readonly Changes[] => [
  { [`${container}.env`]: [{ name: "STORE_PASSWORD", value: credential }] },
  { [`${container}.env`]: [{ name: "STORE_URL", value: `postgres://shop:${credential}@store:7000/shop` }] },
  { [`${container}.args`]: ["--password", credential, `--token=${credential}`] },
  { [`${container}.command`]: ["sh", "-c", `PASSWORD=${credential} web --api-key ${credential}`] },
  { [`${container}.livenessProbe`]: { exec: { command: ["store", "-a", credential, `-p${credential}`] } } },
  { "Deployment/web metadata.annotations": { "example.com/password": credential, token: credential } },
  {
    "ConfigMap/web-settings data": {
      password: credential,
      "web.yaml": `store:\n  password: ${credential}\n`,
    },
  },
  {
    "ConfigMap/web-settings data": {
      "web.conf": `url = http://shop:${credential}@store:7000\napi_key=${credential}\n`,
    },
  },
  { "Secret/login": secret({ stringData: { password: credential } }) },
  { "Secret/login": secret({ data: { password: Buffer.from(credential).toString("base64") } }) },
];

const encoded = (credential: string) => Buffer.from(credential).toString("base64");

describe.each(credentials)("%s", (credential) => {
  test("is in no message, wherever it stands, though it is found nearly everywhere", () => {
    const finders = places(credential).map((changes) => {
      const messages = rules.flatMap((rule) => messagesOf(rule, changes));
      for (const message of messages) {
        expect(message).not.toContain(credential);
        expect(message).not.toContain(encoded(credential));
        expect(message).not.toContain(credential.slice(0, 8));
      }
      return rules.filter((rule) => rule.check(worldWith(changes)).length > 0).map(({ name }) => name);
    });
    const found = finders.filter((names) => names.some((name) => /credential|login|token|secret/.test(name)));
    // What an unknown program is given beside -a, and a Secret whose value nobody guesses, are as they may be.
    expect(found.length).toBeGreaterThanOrEqual(places(credential).length - 3);
  });
});
