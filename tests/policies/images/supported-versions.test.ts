import { expect, test } from "vitest";
import { supportedVersions } from "../../../policies/images/supported-versions.ts";
import { foundBy, messagesOf } from "../world.ts";

const image = "StatefulSet/store spec.template.spec.containers.0.image";

test.each([
  ["postgres:14-alpine", "postgres 14"],
  ["registry.example/library/postgres:9.6.24", "postgres 9.6.24"],
  ["mysql:8.0.36", "mysql 8.0.36"],
  ["mysql:5.7", "mysql 5.7"],
  ["mongo:6.0", "mongo 6.0"],
  ["docker.elastic.co/elasticsearch/elasticsearch:7.17.28@sha256:00", "elasticsearch 7.17.28"],
])("%s has ended", (reference, words) => {
  expect(foundBy(supportedVersions)).toEqual([]);
  expect(foundBy(supportedVersions, { [image]: reference })).toEqual([
    "StatefulSet/store spec.template.spec.containers[0].image",
  ]);
  expect(messagesOf(supportedVersions, { [image]: reference })[0]).toMatch(
    `container store runs ${words}, which ended by 202`,
  );
});

test.each([
  "postgres:15.1",
  "postgres:17-bookworm",
  "mysql:8.4",
  "mysql:8",
  "mongo:8",
  "postgres:latest",
  "postgres-exporter:0.9",
  "web:1.0",
])("%s has not, or nobody can tell", (reference) => {
  expect(foundBy(supportedVersions, { [image]: reference })).toEqual([]);
});

test.each([
  ["redis:7.2-alpine", true],
  ["redis:6", true],
  ["redis:7.4.1", false],
  ["redis:8", false],
  ["redis:7", false],
  ["redis:latest", false],
])("where redis is to be at least 7.4, %s is refused: %s", (reference, isRefused) => {
  const changes = { [image]: reference };
  expect(foundBy(supportedVersions, changes)).toEqual([]);
  expect(foundBy(supportedVersions, changes, { oldest: { redis: "7.4" } })).toEqual(
    isRefused ? ["StatefulSet/store spec.template.spec.containers[0].image"] : [],
  );
});

test("what the team says of an image stands in place of what has ended", () => {
  const options = { oldest: { postgres: "13.2" } };
  expect(foundBy(supportedVersions, { [image]: "postgres:13.2" }, options)).toEqual([]);
  expect(messagesOf(supportedVersions, { [image]: "postgres:13.1" }, options)).toEqual([
    "container store runs postgres 13.1, older than 13.2. What is found in them now is mended only in newer versions. Move to 13.2 or newer.",
  ]);
  expect(foundBy(supportedVersions, { [image]: "mysql:5.7" }, options)).toHaveLength(1);
});
