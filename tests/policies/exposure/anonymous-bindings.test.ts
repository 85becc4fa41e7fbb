import { expect, test } from "vitest";
import { anonymousBindings } from "../../../policies/exposure/anonymous-bindings.ts";
import { foundBy, messagesOf } from "../world.ts";

const subject = (kind: string, name: string) => ({ "RoleBinding/nightly subjects.0": { kind, name } });

test("roles are bound to somebody", () => {
  expect(foundBy(anonymousBindings)).toEqual([]);
});

test.each([
  ["User", "system:anonymous"],
  ["Group", "system:unauthenticated"],
  ["Group", "system:authenticated"],
  ["Group", "system:serviceaccounts"],
])("%s %s", (kind, name) => {
  expect(foundBy(anonymousBindings, subject(kind, name))).toEqual(["RoleBinding/nightly subjects[0].name"]);
  expect(messagesOf(anonymousBindings, subject(kind, name))[0]).toMatch(
    new RegExp(`^${name}, that is .+, gets role nightly\\. `),
  );
});

test("the accounts of one namespace, and what everybody may see, are fine", () => {
  expect(foundBy(anonymousBindings, subject("Group", "system:serviceaccounts:shop"))).toEqual([]);
  const published = { "RoleBinding/nightly roleRef.name": "system:public-info-viewer" };
  expect(foundBy(anonymousBindings, { ...subject("Group", "system:unauthenticated"), ...published })).toEqual(
    [],
  );
});

test("somebody called constructor is somebody", () => {
  expect(foundBy(anonymousBindings, subject("User", "constructor"))).toEqual([]);
});
