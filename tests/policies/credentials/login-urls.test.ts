import { expect, test } from "vitest";
import { loginUrls } from "../../../policies/credentials/login-urls.ts";
import { foundBy, messagesOf } from "../world.ts";

/** Keeps what shells substitute out of the hands of JavaScript. */
const variable = ["$", "{PASSWORD}"].join("");

const env = "Deployment/web spec.template.spec.containers.0.env";
const given = (value: string) => ({ [env]: [{ name: "STORE", value }] });

test("connection strings hold no passwords", () => {
  expect(foundBy(loginUrls)).toEqual([]);
});

test.each([
  "postgresql://shop:hunter22@store:5432/shop",
  "redis://:hunter22@store:6379/0",
  "jdbc:postgresql://store/shop?user=shop&password=hunter22",
  "Server=store;Database=shop;User Id=shop;Password=hunter22;",
  "host=store user=shop password=hunter22 dbname=shop",
  "shop:hunter22@tcp(store:3306)/shop",
  "see https://shop:hunter22@example.com/ for more",
])("%s", (value) => {
  expect(foundBy(loginUrls, given(value))).toEqual([
    "Deployment/web spec.template.spec.containers[0].env[0].value",
  ]);
});

test.each([
  "postgresql://shop:$(PASSWORD)@store:5432/shop",
  `postgresql://shop:${variable}@store:5432/shop`,
  "postgresql://shop:<password>@store/shop",
  "postgresql://shop@store:5432/shop",
  "https://example.com:8443/@scope/package",
  "postgresql://user:password@host/name",
])("%s is none", (value) => {
  expect(foundBy(loginUrls, given(value))).toEqual([]);
});

test("anywhere but in the values of a Secret", () => {
  const url = "amqp://shop:hunter22@queue:5672";
  const changes = {
    "ConfigMap/web-settings data": { "web.yaml": `queue: ${url}\n` },
    "Service/web metadata.annotations": { "example.com/queue": url },
    "Secret/queue": { apiVersion: "v1", kind: "Secret", metadata: { name: "queue" }, stringData: { url } },
  };
  expect(foundBy(loginUrls, changes)).toEqual([
    'ConfigMap/web-settings data["web.yaml"]',
    'Service/web metadata.annotations["example.com/queue"]',
  ]);
  expect(messagesOf(loginUrls, changes).join()).not.toContain("hunter22");
  expect(messagesOf(loginUrls, given(url))[0]).toMatch(
    /^STORE holds a connection string with its password\. /,
  );
});
