import { expect, test } from "vitest";
import { serviceAccountTokens } from "../../../policies/pods/service-account-tokens.ts";
import { foundBy } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const found = ["Deployment/web spec.template.spec.automountServiceAccountToken"];
const unsaid = { [`${pod}.automountServiceAccountToken`]: undefined };
const anotherSubject = "RoleBinding/nightly subjects.1";
const toEverybody = { "ServiceAccount/web automountServiceAccountToken": true };
const mounted = { ...unsaid, "ServiceAccount/web automountServiceAccountToken": undefined };

test("a token that nobody asked for is found, of an account of its own or of default", () => {
  expect(foundBy(serviceAccountTokens)).toEqual([]);
  expect(foundBy(serviceAccountTokens, mounted)).toEqual(found);
  expect(foundBy(serviceAccountTokens, { ...unsaid, [`${pod}.serviceAccountName`]: undefined })).toEqual(
    found,
  );
  expect(foundBy(serviceAccountTokens, { ...unsaid, [`${pod}.serviceAccountName`]: "default" })).toEqual(
    found,
  );
});

test("who asks for a token is found as well, whatever its account says", () => {
  const asked = { [`${pod}.automountServiceAccountToken`]: true };
  expect(foundBy(serviceAccountTokens, asked)).toEqual(found);
  expect(foundBy(serviceAccountTokens, { ...asked, ...toEverybody })).toEqual(found);
  expect(foundBy(serviceAccountTokens, { ...asked, "ServiceAccount/web": undefined })).toEqual([]);
});

test("who is granted something, or whose account says no, is right", () => {
  expect(foundBy(serviceAccountTokens, unsaid)).toEqual([]);
  const granted = { [anotherSubject]: { kind: "ServiceAccount", name: "web", namespace: "shop" } };
  expect(foundBy(serviceAccountTokens, { ...mounted, ...granted })).toEqual([]);
  expect(foundBy(serviceAccountTokens, { ...unsaid, ...toEverybody, ...granted })).toEqual([]);
  expect(
    foundBy(serviceAccountTokens, { [`${pod}.automountServiceAccountToken`]: true, ...granted }),
  ).toEqual([]);
});

test("an account that hands its token to its pods is found instead of them", () => {
  const account = ["ServiceAccount/web automountServiceAccountToken"];
  expect(foundBy(serviceAccountTokens, { ...unsaid, ...toEverybody })).toEqual(account);
  expect(foundBy(serviceAccountTokens, toEverybody)).toEqual([]);
});

test("the account default hands its token to whoever names none, unless it says that it does not", () => {
  const account = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "default", namespace: "shop" },
  };
  const nameless = { ...unsaid, [`${pod}.serviceAccountName`]: undefined, "ServiceAccount/default": account };
  const of = ["ServiceAccount/default automountServiceAccountToken"];
  expect(foundBy(serviceAccountTokens, nameless)).toEqual(of);
  expect(foundBy(serviceAccountTokens, { "ServiceAccount/default": account })).toEqual(of);
  expect(
    foundBy(serviceAccountTokens, {
      ...nameless,
      "ServiceAccount/default": { ...account, automountServiceAccountToken: false },
    }),
  ).toEqual([]);
});

test("of an account that is elsewhere nothing is known", () => {
  expect(foundBy(serviceAccountTokens, { ...unsaid, "ServiceAccount/web": undefined })).toEqual([]);
});

test.each([
  [{ kind: "Group", name: "system:serviceaccounts" }, []],
  [{ kind: "Group", name: "system:serviceaccounts:shop" }, []],
  [{ kind: "User", name: "system:serviceaccount:shop:web" }, []],
  [{ kind: "Group", name: "system:serviceaccounts:bank" }, found],
  [{ kind: "Group", name: "system:authenticated" }, found],
])("a role that is bound to %j", (subject, expected) => {
  expect(foundBy(serviceAccountTokens, { ...mounted, [anotherSubject]: subject })).toEqual(expected);
});
