import { expect, test } from "vitest";
import { trustedRegistries } from "../../../policies/images/trusted-registries.ts";
import { foundBy, messagesOf } from "../world.ts";

const image = "Deployment/web spec.template.spec.containers.0.image";
const trusting = (...registries: string[]) => ({ registries });

test("until registries are named, all are trusted", () => {
  expect(foundBy(trustedRegistries)).toEqual([]);
  expect(foundBy(trustedRegistries, { [image]: "evil.example/x:1" })).toEqual([]);
});

test.each([
  ["evil.example/web:1.0", "registry.example"],
  ["registry.example.evil/web:1.0", "registry.example"],
  ["nginx:1.29", "registry.example"],
  ["bitnami/nginx:1.29", "docker.io/library"],
  ["docker.io/library/nginx:1.29", "docker.io/lib"],
])("%s is not of %s", (reference, registry) => {
  const changes = { [image]: reference };
  const options = trusting("registry.example", registry);
  expect(foundBy(trustedRegistries, changes, options)).toEqual([
    "Deployment/web spec.template.spec.containers[0].image",
  ]);
  expect(messagesOf(trustedRegistries, changes, options)[0]).toMatch(
    `container web runs ${reference}, which is of none of `,
  );
});

test.each([
  ["nginx:1.29", "docker.io/library"],
  ["bitnami/nginx:1.29", "docker.io/bitnami/"],
  ["localhost:5000/web:1.0", "localhost:5000"],
  ["registry.example/team/web@sha256:00", "registry.example/team"],
])("%s is of %s", (reference, registry) => {
  expect(foundBy(trustedRegistries, { [image]: reference }, trusting("registry.example", registry))).toEqual(
    [],
  );
});

test("a login is neither repeated nor part of the registry", () => {
  const options = trusting("registry.example");
  const changes = (registry: string) => ({ [image]: `shop:hunter2@${registry}/web:1.0` });
  expect(foundBy(trustedRegistries, changes("registry.example"), options)).toEqual([]);
  const [message] = messagesOf(trustedRegistries, changes("evil.example"), options);
  expect(message).toMatch(
    /^container web runs evil\.example\/web:1\.0, which is of none of registry\.example\. /,
  );
});
