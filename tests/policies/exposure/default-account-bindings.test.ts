import { expect, test } from "vitest";
import { defaultAccountBindings } from "../../../policies/exposure/default-account-bindings.ts";
import { foundBy, messagesOf } from "../world.ts";

const subject = (kind: string, name: string) => ({ "RoleBinding/nightly subjects.0": { kind, name } });

test("roles are bound to accounts of their own", () => {
  expect(foundBy(defaultAccountBindings)).toEqual([]);
  const changes = subject("ServiceAccount", "default");
  expect(foundBy(defaultAccountBindings, changes)).toEqual(["RoleBinding/nightly subjects[0].name"]);
  expect(messagesOf(defaultAccountBindings, changes)[0]).toMatch(
    /^role nightly is bound to account default\. /,
  );
  expect(foundBy(defaultAccountBindings, subject("User", "default"))).toEqual([]);
});
