import { expect, test } from "vitest";
import { discoveryPermissions } from "../../../policies/wiring/discovery-permissions.ts";
import { type Changes, foundBy, messagesOf } from "../world.ts";
import { prometheus } from "./monitoring.ts";

const role = "Role/nightly rules.0";
const pod = "Deployment/prometheus spec.template.spec";
const account = ["Deployment/prometheus spec.template.spec.serviceAccountName"];
const rule = (resources: string[], verbs = ["get", "list", "watch"]) => ({
  [role]: { apiGroups: [""], resources, verbs },
});
const discovers = (sd: object, changes: Changes = {}) =>
  prometheus({ scrape_configs: [{ job_name: "pods", kubernetes_sd_configs: [sd] }] }, changes);
const own = { role: "pod", namespaces: { own_namespace: true } };

test("an account that may list and watch is accepted", () => {
  expect(foundBy(discoveryPermissions)).toEqual([]);
  expect(foundBy(discoveryPermissions, discovers(own, rule(["pods"])))).toEqual([]);
  expect(foundBy(discoveryPermissions, discovers(own, rule(["*"], ["*"])))).toEqual([]);
});

test.each([
  ["may not watch", discovers(own, rule(["pods"], ["get", "list"]))],
  ["may see something else", discovers(own, rule(["services"]))],
  ["may see its own namespace, and is to see all", discovers({ role: "pod" }, rule(["pods"]))],
  [
    "may see its own namespace, and is to see another",
    discovers({ role: "pod", namespaces: { names: ["shop", "b"] } }, rule(["pods"])),
  ],
  [
    "is the namespace's first",
    discovers(own, { ...rule(["pods"]), [`${pod}.serviceAccountName`]: undefined }),
  ],
  ["may see pods alone, and is to see endpoints", discovers({ ...own, role: "endpoints" }, rule(["pods"]))],
])("an account that %s is refused", (_, changes) => {
  expect(foundBy(discoveryPermissions, changes)).toEqual(account);
});

test("the message names job, resources and account", () => {
  expect(messagesOf(discoveryPermissions, discovers({ role: "node" }, rule(["pods"])))).toEqual([
    "job pods discovers nodes, and account nightly may not list and watch them. Prometheus finds no target, and its log alone says why. Bind the account to a role that may get, list and watch them.",
  ]);
});

test("a pod without its account's token is refused", () => {
  expect(
    foundBy(
      discoveryPermissions,
      discovers(own, { ...rule(["pods"]), [`${pod}.automountServiceAccountToken`]: false }),
    ),
  ).toEqual(["Deployment/prometheus spec.template.spec.automountServiceAccountToken"]);
});

test("a ClusterRole holds everywhere when it is bound to the cluster", () => {
  const cluster = {
    "ClusterRole/reader": {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: { name: "reader" },
      rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["list", "watch"] }],
    },
    "ClusterRoleBinding/reader": {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: { name: "reader" },
      roleRef: { kind: "ClusterRole", name: "reader" },
      subjects: [{ kind: "ServiceAccount", name: "nightly", namespace: "shop" }],
    },
  };
  expect(foundBy(discoveryPermissions, discovers({ role: "pod" }, cluster))).toEqual([]);
  expect(
    foundBy(
      discoveryPermissions,
      discovers({ role: "pod" }, { ...cluster, "ClusterRoleBinding/reader subjects.0.name": "web" }),
    ),
  ).toEqual(account);
});

test("a Prometheus that discovers nothing needs no account", () => {
  const job = { job_name: "web", static_configs: [{ targets: ["web:80"] }] };
  const changes = prometheus({ scrape_configs: [job] }, { [`${pod}.automountServiceAccountToken`]: false });
  expect(foundBy(discoveryPermissions, changes)).toEqual([]);
});

test.each([
  ["another cluster", discovers({ ...own, api_server: "https://192.0.2.1" })],
  ["an account of another set", discovers(own, { [`${pod}.serviceAccountName`]: "elsewhere" })],
  [
    "a role of another set",
    discovers(own, { "RoleBinding/nightly roleRef": { kind: "ClusterRole", name: "view" } }),
  ],
])("nothing is said of %s", (_, changes) => {
  expect(foundBy(discoveryPermissions, changes)).toEqual([]);
});
