import { expect, test } from "vitest";
import { secretsAsFiles } from "../../../policies/credentials/secrets-as-files.ts";
import { foundBy, messagesOf } from "../world.ts";

const web = "Deployment/web spec.template.spec";
const secretKeyRef = { name: "store-credentials", key: "password" };

test("containers get files", () => {
  expect(foundBy(secretsAsFiles)).toEqual([]);
});

test("a variable, a whole Secret, and init containers", () => {
  const changes = {
    [`${web}.containers.0.env`]: [
      { name: "HOST", value: "store" },
      { name: "PASSWORD", valueFrom: { secretKeyRef } },
    ],
    [`${web}.initContainers.0.envFrom`]: [
      { configMapRef: { name: "web-settings" } },
      { secretRef: { name: "a" } },
    ],
  };
  expect(foundBy(secretsAsFiles, changes)).toEqual([
    `${web}.initContainers[0].envFrom[1].secretRef`,
    `${web}.containers[0].env[1].valueFrom.secretKeyRef`,
  ]);
  expect(messagesOf(secretsAsFiles, changes)[1]).toMatch(
    /^container web gets PASSWORD from a Secret as a variable\. .+ Mount the Secret read-only, /,
  );
});

test("variables from elsewhere are fine", () => {
  const env = [
    { name: "POD", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
    { name: "THEME", valueFrom: { configMapKeyRef: { name: "web-settings", key: "web.yaml" } } },
  ];
  expect(foundBy(secretsAsFiles, { [`${web}.containers.0.env`]: env })).toEqual([]);
});
