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
