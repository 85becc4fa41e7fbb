import { expect, test } from "vitest";
import { uniqueEnvNames } from "../../../policies/wiring/unique-env-names.ts";
import { foundBy, messagesOf } from "../world.ts";

test("every variable is there once", () => {
  expect(foundBy(uniqueEnvNames)).toEqual([]);
});

test("a variable that is there twice is refused, in any container", () => {
  const env = [{ name: "A" }, { name: "B" }, { name: "A", value: "x" }];
  const changes = {
    "Deployment/web spec.template.spec.initContainers.0.env": env,
    "CronJob/nightly spec.jobTemplate.spec.template.spec.containers.0.env": env,
  };
  expect(foundBy(uniqueEnvNames, changes)).toEqual([
    "Deployment/web spec.template.spec.initContainers[0].env[2].name",
    "CronJob/nightly spec.jobTemplate.spec.template.spec.containers[0].env[2].name",
  ]);
  expect(messagesOf(uniqueEnvNames, changes)[0]).toMatch(
    /^container prepare has variable A twice, first as env\[0\]\./,
  );
});

test("two containers may have the same variable", () => {
  expect(
    foundBy(uniqueEnvNames, {
      "Deployment/web spec.template.spec.initContainers.0.env": [{ name: "STORE_PASSWORD_FILE" }],
    }),
  ).toEqual([]);
});
