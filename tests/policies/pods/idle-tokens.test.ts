import { expect, test } from "vitest";
import { idleTokens } from "../../../policies/pods/idle-tokens.ts";
import { serviceAccountTokens } from "../../../policies/pods/service-account-tokens.ts";
import { foundBy, messagesOf } from "../world.ts";

const template = "Deployment/web spec.template";
const pod = `${template}.spec`;
const found = [`${pod}.automountServiceAccountToken`];
const asked = { [`${pod}.automountServiceAccountToken`]: true };
const ofAccount = {
  [`${pod}.automountServiceAccountToken`]: undefined,
  "ServiceAccount/web automountServiceAccountToken": true,
};

test("a token that a pod asks for, and nothing is granted to, is found", () => {
  expect(foundBy(idleTokens, asked)).toEqual(found);
  expect(foundBy(idleTokens, { ...asked, [`${pod}.serviceAccountName`]: "default" })).toEqual(found);
  expect(messagesOf(idleTokens, asked)).toEqual([
    "account web, whose token is asked for, is granted nothing here. Whoever breaks into the pod could ask the API server in its name, and the program in it has no use for that. Write automountServiceAccountToken: false, or bind the account to what it needs.",
  ]);
});

test("one that an account has for all of its pods is found there, once, and by one rule", () => {
  expect(
    foundBy(idleTokens, { ...ofAccount, "StatefulSet/store spec.template.spec.serviceAccountName": "web" }),
  ).toEqual(["ServiceAccount/web automountServiceAccountToken"]);
  expect(foundBy(serviceAccountTokens, ofAccount)).toEqual([]);
  expect(foundBy(idleTokens, { ...ofAccount, [`${pod}.automountServiceAccountToken`]: false })).toEqual([]);
});

test("one that some binding is for is right", () => {
  const account = (name: string) => ({ kind: "ServiceAccount", name, namespace: "shop" });
  const subjects = [account("nightly"), account("web")];
  expect(foundBy(idleTokens, { ...asked, "RoleBinding/nightly subjects": subjects })).toEqual([]);
});

test("of an account that is elsewhere nothing is known", () => {
  expect(foundBy(idleTokens, { ...asked, "ServiceAccount/web": undefined })).toEqual([]);
});

test.each([
  [`${pod}.containers.0.image`, "registry.example/shop-operator:1.0"],
  [`${pod}.initContainers.0.image`, "registry.example/kubectl:1.36.0"],
  [`${pod}.containers.0.name`, "controller"],
  [`${pod}.containers.0.args`, ["--leader-elect=true"]],
  [`${pod}.containers.0.command`, ["sh", "-c", "kubectl get pods"]],
  [`${pod}.containers.0.env.0`, { name: "WATCH_NAMESPACE", value: "shop" }],
  ["ServiceAccount/web metadata.annotations", { "eks.amazonaws.com/role-arn": "arn" }],
  [`${template}.metadata.annotations`, { "vault.hashicorp.com/agent-inject": "true" }],
  [`${template}.metadata.labels`, { "azure.workload.identity/use": "true" }],
])("%s %j shows what the token is for", (place, value) => {
  expect(foundBy(idleTokens, { ...asked, [place]: value })).toEqual([]);
});
