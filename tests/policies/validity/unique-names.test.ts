import { expect, test } from "vitest";
import { uniqueNames } from "../../../policies/validity/unique-names.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";

test("containers of all sorts have one set of names", () => {
  const changes = { [`${pod}.initContainers.0.name`]: "web" };
  expect(foundBy(uniqueNames, changes)).toEqual([`${pod}.initContainers[0].name`]);
  expect(messagesOf(uniqueNames, changes)).toEqual([
    "a second container is called web, as spec.template.spec.containers[0] is. The API server refuses the pods. Give it a name of its own, or leave one of them out.",
  ]);
  expect(
    foundBy(uniqueNames, { [`${pod}.ephemeralContainers`]: [{ name: "debug" }, { name: "debug" }] }),
  ).toEqual([`${pod}.ephemeralContainers[1].name`]);
});

test("so do volumes, and ports of one container", () => {
  expect(foundBy(uniqueNames, { [`${pod}.volumes.2.name`]: "store" })).toEqual([`${pod}.volumes[2].name`]);
  expect(foundBy(uniqueNames, { [`${pod}.containers.0.ports.1.name`]: "http" })).toEqual([
    `${pod}.containers[0].ports[1].name`,
  ]);
  expect(foundBy(uniqueNames, { [`${pod}.initContainers.0.ports`]: [{ name: "http" }, {}, {}] })).toEqual([]);
});

test("a claim template takes the place of a volume", () => {
  expect(foundBy(uniqueNames, { "StatefulSet/store spec.template.spec.volumes.0.name": "data" })).toEqual([]);
});
