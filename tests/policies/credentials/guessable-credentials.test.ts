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
