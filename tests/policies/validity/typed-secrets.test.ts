import { expect, test } from "vitest";
import { typedSecrets } from "../../../policies/validity/typed-secrets.ts";
import { foundBy, messagesOf } from "../world.ts";

const secret = (type: string | undefined, content: object) => ({
  "Secret/login": {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "login", namespace: "shop" },
    ...(type && { type }),
    ...content,
  },
});

test("a certificate has its key", () => {
  const type = "kubernetes.io/tls";
  expect(foundBy(typedSecrets, secret(type, { data: { "tls.crt": "", "tls.key": "" } }))).toEqual([]);
  expect(
    foundBy(typedSecrets, secret(type, { data: { "tls.crt": "" }, stringData: { "tls.key": "" } })),
  ).toEqual([]);
  expect(foundBy(typedSecrets, secret(type, { stringData: { "tls.crt": "" } }))).toEqual([
    "Secret/login stringData",
  ]);
  expect(messagesOf(typedSecrets, secret(type, { data: { "cert.pem": "" } }))).toEqual([
    "a Secret of type kubernetes.io/tls has no tls.crt and no tls.key. The API server refuses the object. Write the keys of the type, or leave the type out.",
  ]);
});

test.each([
  ["kubernetes.io/dockerconfigjson", ".dockerconfigjson"],
  ["kubernetes.io/dockercfg", ".dockercfg"],
  ["kubernetes.io/ssh-auth", "ssh-privatekey"],
])("%s has %s", (type, key) => {
  expect(foundBy(typedSecrets, secret(type, { data: { [key]: "" } }))).toEqual([]);
  expect(foundBy(typedSecrets, secret(type, { data: { other: "" } }))).toEqual(["Secret/login data"]);
});

test("other types have any keys", () => {
  for (const type of [undefined, "Opaque", "example.com/thing"])
    expect(foundBy(typedSecrets, secret(type, { data: { a: "" } }))).toEqual([]);
});
