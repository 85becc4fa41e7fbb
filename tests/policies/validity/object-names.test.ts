import { describe, expect, test } from "vitest";
import { objectNames } from "../../../policies/validity/object-names.ts";
import { foundBy, messagesOf } from "../world.ts";

const named = (id: string, name: unknown) => foundBy(objectNames, { [`${id} metadata.name`]: name });

describe.each([
  [
    "Deployment/web",
    ["web", "web.v2", "2web", "a".repeat(253)],
    ["Web", "web_1", "-web", "web.", "a".repeat(254)],
  ],
  ["StatefulSet/store", ["store", "2store"], ["store.v2", "a".repeat(64)]],
  ["Service/web", ["web"], ["2web", "web.v2", "a".repeat(64)]],
  ["Role/nightly", ["Nightly:reader"], ["a/b", "a%b", ".."]],
  ["CronJob/nightly", ["a".repeat(52)], ["a".repeat(53), "nightly_run"]],
  ["ConfigMap/web-settings", ["web.settings", "$(NAME)"], ["web settings", "a".repeat(254)]],
])("%s", (id, right, wrong) => {
  test.each(right)("may be called %s", (name) => {
    expect(named(id, name)).toEqual([]);
  });

  test.each(wrong)("may not be called %s", (name) => {
    expect(named(id, name)).toEqual([`${id.split("/")[0]}/${name} metadata.name`]);
  });
});

test("a namespace is a label of a host name, wherever it is named", () => {
  const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "team.a" } };
  expect(foundBy(objectNames, { "Namespace/team.a": namespace })).toEqual(["Namespace/team.a metadata.name"]);
  expect(foundBy(objectNames, { "Service/web metadata.namespace": "Shop" })).toEqual([
    "Service/web metadata.namespace",
  ]);
});

test("so are names of containers and volumes", () => {
  const pod = "spec.template.spec";
  expect(
    foundBy(objectNames, {
      [`Deployment/web ${pod}.initContainers.0.name`]: "prepare.it",
      [`Deployment/web ${pod}.containers.0.name`]: "my_web",
      [`Deployment/web ${pod}.volumes.1.name`]: "Store",
    }),
  ).toEqual([
    `Deployment/web ${pod}.initContainers[0].name`,
    `Deployment/web ${pod}.containers[0].name`,
    `Deployment/web ${pod}.volumes[1].name`,
  ]);
});

test("a number is no name, and other kinds have names of their own", () => {
  expect(foundBy(objectNames, { "Service/web metadata.name": 5 })).toEqual(["Service/ metadata.name"]);
  const custom = { apiVersion: "example.com/v1", kind: "User", metadata: { name: "Ann Other" } };
  expect(foundBy(objectNames, { "User/ann": custom })).toEqual([]);
});

test("the message says what a name may be", () => {
  expect(messagesOf(objectNames, { "Service/web metadata.name": "2web" })).toEqual([
    "the name 2web is not of the form of such names. The API server refuses the object. Write up to 63 small letters, digits and hyphens, with a letter first and no hyphen last.",
  ]);
});
