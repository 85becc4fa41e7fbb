import { expect, test } from "vitest";
import { guessableCredentials } from "../../../policies/credentials/guessable-credentials.ts";
import { foundBy, messagesOf } from "../world.ts";

/** Keeps what shells substitute out of the hands of JavaScript. */
const variable = ["$", "{PASSWORD}"].join("");

const secret = (content: object) => ({
  "Secret/shop-store": {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "shop-store", namespace: "bakery" },
    ...content,
  },
});
const encoded = (value: string) => Buffer.from(value).toString("base64");

test("nothing is guessable", () => {
  expect(foundBy(guessableCredentials)).toEqual([]);
});

test.each([
  "admin",
  "password123",
  "P@ssw0rd!",
  "changeme",
  "bakery_password",
  "shop-jwt-secret-key",
  "SuperSecretPassword",
  "12345678",
  "aaaaaaaaaaaa",
  "x7Kq2",
])("%s is, however it is written", (value) => {
  const found = foundBy(guessableCredentials, secret({ data: { DB_PASSWORD: encoded(value) } }));
  expect(found).toEqual(["Secret/shop-store data.DB_PASSWORD"]);
  expect(foundBy(guessableCredentials, secret({ stringData: { "admin-password": value } }))).toEqual([
    "Secret/shop-store stringData.admin-password",
  ]);
});

test("what a user's name makes guessable", () => {
  const stringData = { username: "marguerite", password: "marguerite1" };
  expect(foundBy(guessableCredentials, secret({ stringData }))).toEqual([
    "Secret/shop-store stringData.password",
  ]);
});

test("in a file of settings", () => {
  const stringData = { "application.yaml": "database:\n  user: shop\n  password: admin123\n" };
  const found = foundBy(guessableCredentials, secret({ stringData }));
  expect(found).toEqual(['Secret/shop-store stringData["application.yaml"]']);
});

test.each([
  { data: { password: encoded("vZ8qTj2LwRk9XcYp") } },
  { stringData: { password: "correct-horse-battery-staple" } },
  { stringData: { password: "<secret>" } },
  { stringData: { password: variable } },
  { stringData: { username: "admin", host: "db", port: "5432" } },
  { data: { password: "not base64!" } },
  { stringData: { password: "" } },
])("%j is not", (content) => {
  expect(foundBy(guessableCredentials, secret(content))).toEqual([]);
});

test("messages name the entry, not the value", () => {
  const [message] = messagesOf(guessableCredentials, secret({ stringData: { token: "prometheus-token" } }));
  expect(message).toMatch(/^entry token is a credential that can be guessed\. /);
  expect(message).not.toContain("prometheus");
});

test.each([
  [16, 0],
  [17, 1],
])("with leastLength %d, 16 random characters have %d violations", (leastLength, count) => {
  const written = secret({ stringData: { password: "vZ8qTj2LwRk9XcYp" } });
  expect(foundBy(guessableCredentials, written, { leastLength })).toHaveLength(count);
});

test("of a short one the message says that it is", () => {
  const messages = (password: string, options = {}) =>
    messagesOf(guessableCredentials, secret({ stringData: { password } }), options);
  expect(messages("x7Kq2")[0]).toMatch(/^entry password is a credential of fewer than 8 characters\. /);
  expect(messages("vZ8qTj2LwRk9XcYp", { leastLength: 20 })[0]).toMatch(/ of fewer than 20 characters\. /);
  expect(messages("admin", { leastLength: 20 })[0]).toMatch(/ that can be guessed\. /);
});

test("the fix asks for no fewer characters than the team does", () => {
  const written = secret({ stringData: { password: "admin" } });
  expect(messagesOf(guessableCredentials, written)[0]).toMatch(/at least 16 random characters\.$/);
  expect(messagesOf(guessableCredentials, written, { leastLength: 24 })[0]).toMatch(
    /at least 24 random characters\.$/,
  );
});

test("a random value is none, though addresses and files beside it hold it", () => {
  const password = "k9XvQ2mZ7wLr4TnB8pYsHdGf3JcEa6Ru";
  const stringData = {
    username: "monitoring",
    password,
    address: `redis://monitoring:${password}@redis.shop.svc:6379`,
    "logins.json": JSON.stringify({ "redis://redis:6379": password }),
  };
  const secret = {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "login", namespace: "shop" },
    stringData,
  };
  expect(foundBy(guessableCredentials, { "Secret/login": secret })).toEqual([]);
  const weak = { ...secret, stringData: { ...stringData, password: "monitoring" } };
  expect(foundBy(guessableCredentials, { "Secret/login": weak })).toEqual([
    "Secret/login stringData.password",
  ]);
});

test("base64 of a key that ends like an assignment gives nothing a value", () => {
  // The last line of about every sixth hundred key of 256 bits looks so.
  const key = [
    "-----BEGIN EC PRIVATE KEY-----",
    "c29tZXRoaW5nIHRoYXQgbG9va3MgbGlrZSBhIGtleQ",
    "2Hsqgy3eKqHV3FLzZGJnvqe9/sharedPw==",
    "-----END EC PRIVATE KEY-----",
  ].join("\n");
  expect(foundBy(guessableCredentials, secret({ stringData: { "tls.key": key } }))).toEqual([]);
  const beside = `${key}\npassword = admin`;
  expect(foundBy(guessableCredentials, secret({ stringData: { "tls.key": beside } }))).toEqual([
    'Secret/shop-store stringData["tls.key"]',
  ]);
});
