import { expect, test } from "vitest";
import { resourceUnits } from "../../../policies/resources/resource-units.ts";
import { foundBy, messagesOf } from "../world.ts";

const resources = "Deployment/web spec.template.spec.containers.0.resources";

test.each([
  [
    "memory",
    "128m",
    /limits of memory of 128m, in fractions of a byte\. .* Write bytes with a unit, such as 128Mi\.$/,
  ],
  ["memory", 512, /of 512, less than 1Mi/],
  ["memory", "512", /less than 1Mi/],
  ["memory", "1 GB", /which is no quantity/],
  ["memory", "128mb", /which is no quantity/],
  ["ephemeral-storage", "900Ki", /less than 1Mi/],
  ["cpu", "500Mi", /more than 64 cores\. .* Write cores, such as 2, or thousandths of one, such as 500m\.$/],
  ["cpu", "1000", /more than 64 cores/],
  ["cpu", "100", /more than 64 cores/],
  ["cpu", "2 cores", /which is no quantity/],
  ["cpu", -1, /which is negative/],
])("%s of %s is refused", (resource, value, words) => {
  const changes = { [`${resources}.limits.${resource}`]: value };
  expect(foundBy(resourceUnits)).toEqual([]);
  expect(foundBy(resourceUnits, changes)).toEqual([
    `Deployment/web spec.template.spec.containers[0].resources.limits.${resource}`,
  ]);
  expect(messagesOf(resourceUnits, changes)[0]).toMatch(words);
});

test.each([
  ["memory", "1Gi"],
  ["memory", "134217728"],
  ["memory", "1e9"],
  ["memory", 0],
  ["cpu", "64"],
  ["cpu", 0.5],
  ["cpu", "100m"],
  ["nvidia.com/gpu", 1],
])("%s of %s is one", (resource, value) => {
  expect(
    foundBy(resourceUnits, { [`${resources}.requests.${resource.replaceAll(".", "~")}`]: value }),
  ).toEqual([]);
});

test.each([
  ["cpu", "16", { mostCores: 16 }, undefined],
  ["cpu", "16001m", { mostCores: 16 }, /, more than 16 cores\./],
  ["memory", "32Mi", { fewestBytes: "32Mi" }, undefined],
  ["memory", "32Mi", { fewestBytes: "33Mi" }, /, less than 33Mi\./],
  ["memory", 1, { fewestBytes: "0" }, undefined],
])("%s of %s, with %j", (resource, value, options, words) => {
  const changes = { [`${resources}.limits.${resource}`]: value };
  const messages = messagesOf(resourceUnits, changes, options);
  expect(messages).toHaveLength(words ? 1 : 0);
  if (words) expect(messages[0]).toMatch(words);
});
