import { expect, test } from "vitest";
import { portNames } from "../../../policies/validity/port-names.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "Deployment/web spec.template.spec.containers.0.ports.1.name";
const ofContainer = ["Deployment/web spec.template.spec.containers[0].ports[1].name"];
const service = "Service/web spec.ports.0.name";
const ofService = ["Service/web spec.ports[0].name"];

test.each([
  ["http", true, true],
  ["p2p-v1", true, true],
  ["", true, true],
  ["exactly-15-char", true, true],
  ["sixteen-chars-ok", false, true],
  ["8080", false, true],
  ["a--b", false, true],
  ["-a", false, false],
  ["HTTP", false, false],
  ["http_main", false, false],
  ["a".repeat(64), false, false],
  [80, false, false],
])("%s", (name, mayContainer, mayService) => {
  expect(foundBy(portNames, { [container]: name })).toEqual(mayContainer ? [] : ofContainer);
  expect(foundBy(portNames, { [service]: name })).toEqual(mayService ? [] : ofService);
});

test("the message says what is wrong, and quotes nothing", () => {
  expect(messagesOf(portNames, { [container]: "prometheus-metrics" })).toEqual([
    "the port's name of 18 characters is not of the form of such names. The API server refuses the object. Write up to 15 small letters, digits and single hyphens, with at least one letter and no hyphen at an end.",
  ]);
});
