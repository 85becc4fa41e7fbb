import { expect, test } from "vitest";
import { serviceAccountTokens } from "../../../policies/pods/service-account-tokens.ts";
import { foundBy } from "../world.ts";

const pod = "Deployment/web spec.template.spec";
const found = ["Deployment/web spec.template.spec.automountServiceAccountToken"];
const unsaid = { [`${pod}.automountServiceAccountToken`]: undefined };
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

test("who says so, is granted something, or whose account says no, is right", () => {
  expect(
    foundBy(serviceAccountTokens, { ...mounted, [`${pod}.automountServiceAccountToken`]: true }),
  ).toEqual([]);
  expect(foundBy(serviceAccountTokens, unsaid)).toEqual([]);
  const subjects = [{ kind: "ServiceAccount", name: "web", namespace: "shop" }];
  expect(foundBy(serviceAccountTokens, { ...mounted, "RoleBinding/nightly subjects": subjects })).toEqual([]);
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
  expect(foundBy(serviceAccountTokens, { ...mounted, "RoleBinding/nightly subjects": [subject] })).toEqual(
    expected,
  );
});
