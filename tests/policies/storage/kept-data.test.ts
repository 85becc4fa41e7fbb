import { expect, test } from "vitest";
import { keptData } from "../../../policies/storage/kept-data.ts";
import { foundBy, messagesOf } from "../world.ts";

const store = "StatefulSet/store spec.template.spec";
const onScratch = (image: string) => ({
  [`${store}.containers.0.image`]: image,
  "StatefulSet/store spec.volumeClaimTemplates": [],
  [`${store}.volumes.1`]: { name: "data", emptyDir: {} },
});

test("data is on claims", () => {
  expect(foundBy(keptData)).toEqual([]);
  expect(foundBy(keptData, { [`${store}.containers.0.image`]: "postgres:17" })).toEqual([]);
});

test.each(["postgres:17", "mysql:8.4", "mongo:8", "rabbitmq:4", "registry.example/library/mariadb:11"])(
  "%s in scratch space",
  (image) => {
    expect(foundBy(keptData, onScratch(image))).toEqual([`${store}.volumes[1].emptyDir`]);
  },
);

test("on no volume at all", () => {
  const changes = {
    [`${store}.containers.0.image`]: "postgres:17",
    [`${store}.containers.0.volumeMounts`]: [],
  };
  expect(foundBy(keptData, changes)).toEqual([`${store}.containers[0].volumeMounts`]);
  expect(messagesOf(keptData, changes)[0]).toMatch(
    /^container store \(postgres\) keeps its data on no volume\. .* Make it a StatefulSet /,
  );
});

test("Redis, where it is told to write what it holds", () => {
  expect(foundBy(keptData, onScratch("redis:8"))).toEqual([]);
  const written = { [`${store}.containers.0.args`]: ["--appendonly yes"] };
  expect(foundBy(keptData, { ...onScratch("redis:8"), ...written })).toEqual([
    `${store}.volumes[1].emptyDir`,
  ]);
});

test.each([
  { [`${store}.volumes.1`]: { name: "data", persistentVolumeClaim: { claimName: "data" } } },
  { [`${store}.volumes.1`]: { name: "data", awsElasticBlockStore: { volumeID: "vol-1" } } },
  { [`${store}.containers.0.command`]: ["pg_isready"] },
  { "StatefulSet/store kind": "Job" },
])("%j is fine", (change) => {
  expect(foundBy(keptData, { ...onScratch("postgres:17"), ...change })).toEqual([]);
});

test.each(["constructor", "toString"])("an image called %s is no database", (name) => {
  expect(foundBy(keptData, onScratch(`registry.example/${name}:1`))).toEqual([]);
});
