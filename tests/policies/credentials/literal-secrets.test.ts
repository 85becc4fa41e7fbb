import { expect, test } from "vitest";
import { literalSecrets } from "../../../policies/credentials/literal-secrets.ts";
import { stackOf } from "../../../policies/objects/stack.ts";
import { messageOf } from "../../../policies/rule.ts";
import { foundBy } from "../world.ts";

/** Keeps what shells substitute out of the hands of JavaScript. */
const variable = ["$", "{PASSWORD}"].join("");

const encoded = (value: string) => Buffer.from(value).toString("base64");

function violations(content: object) {
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "store" }, ...content };
  return literalSecrets.check(stackOf([{ content: secret, source: "store.yaml:1" }]));
}

test("a program's Secrets are written nowhere", () => {
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "store" },
    stringData: { password: "x" },
  };
  expect(foundBy(literalSecrets, { "Secret/store": secret })).toEqual([]);
});

test.each([
  [{ data: { password: encoded("vZ8qTj2LwRk9XcYp") } }, "data.password"],
  [{ stringData: { password: "vZ8qTj2LwRk9XcYp" } }, "stringData.password"],
  [{ data: { key: encoded("vZ8qTj2LwRk9XcYpvZ8qTj2LwRk9XcYp") } }, "data.key"],
  [{ stringData: { url: "postgresql://shop:hunter22@store/shop" } }, "stringData.url"],
  [{ stringData: { "web.yaml": "theme: dark\npassword: hunter22\n" } }, 'stringData["web.yaml"]'],
  [{ type: "kubernetes.io/ssh-auth", data: { "ssh-privatekey": encoded("abc") } }, "data.ssh-privatekey"],
  [
    {
      type: "kubernetes.io/dockerconfigjson",
      data: { ".dockerconfigjson": encoded('{"auths":{"r":{"auth":"eDp5"}}}') },
    },
    'data[".dockerconfigjson"]',
  ],
])("%j in a manifest", (content, path) => {
  expect(violations(content).map((violation) => violation.path)).toEqual([path]);
});

test.each([
  { stringData: { password: variable } },
  { stringData: { password: "<secret>", host: "store" } },
  { data: { password: "" } },
  { data: { password: "ENC[AES256_GCM,data:abc]" } },
  { stringData: { "alertmanager.yaml": "route:\n  receiver: nobody\n" } },
  { stringData: { username: "shop" } },
  { type: "kubernetes.io/service-account-token", metadata: { name: "token" } },
])("%j holds none", (content) => {
  expect(violations(content)).toEqual([]);
});

test("each entry by itself", () => {
  const stringData = { user: "shop", password: "vZ8qTj2LwRk9XcYp", token: "Xq3nV7yLp2TzWb9K" };
  expect(violations({ stringData }).map(({ path }) => path)).toEqual([
    "stringData.password",
    "stringData.token",
  ]);
});

test("messages name the entries, not the values", () => {
  const [violation] = violations({ data: { API_KEY: encoded("iot-api-key"), HOST: encoded("db") } });
  const message = violation ? messageOf(literalSecrets, violation) : "";
  expect(message).toMatch(/^the manifest holds the value of API_KEY, merely encoded\. /);
  expect(message).not.toContain("iot-api-key");
  expect(message).not.toContain(encoded("iot-api-key"));
});

test("a long word of one sort of letters is a setting", () => {
  expect(violations({ stringData: { mode: "configuration-of-the-shop-window" } })).toEqual([]);
});
