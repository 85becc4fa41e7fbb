import { expect, test } from "vitest";
import { mongodbLogin } from "../../../policies/exposure/mongodb-login.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "StatefulSet/store spec.template.spec.containers.0";
const mongo = { [`${container}.image`]: "mongo:8.0" };

test("there is no MongoDB without a login", () => {
  expect(foundBy(mongodbLogin)).toEqual([]);
  expect(foundBy(mongodbLogin, mongo)).toEqual(["StatefulSet/store spec.template.spec.containers[0].args"]);
  expect(messagesOf(mongodbLogin, mongo)[0]).toMatch(
    /^container store runs mongo, which asks nobody for a login\. /,
  );
});

test.each([
  { [`${container}.args`]: ["--auth"] },
  { [`${container}.command`]: ["mongod", "--keyFile", "/run/secrets/store/key"] },
  { [`${container}.args`]: ["--config", "/run/secrets/store/mongod.conf"] },
  { [`${container}.env`]: [{ name: "MONGO_INITDB_ROOT_USERNAME", value: "root" }] },
  {
    [`${container}.env`]: [{ name: "MONGO_INITDB_ROOT_PASSWORD_FILE", value: "/run/secrets/store/password" }],
  },
  { [`${container}.envFrom`]: [{ secretRef: { name: "store" } }] },
  { [`${container}.command`]: ["mongosh", "--eval", "1"] },
])("%j is fine, or may be", (change) => {
  expect(foundBy(mongodbLogin, { ...mongo, ...change })).toEqual([]);
});

test("where its data is says nothing of logins", () => {
  const changes = { ...mongo, [`${container}.args`]: ["--dbpath=/var/lib/store"] };
  expect(foundBy(mongodbLogin, changes)).toEqual(["StatefulSet/store spec.template.spec.containers[0].args"]);
});
