import { expect, test } from "vitest";
import { isKind } from "../../../policies/objects/kinds.ts";
import { podSpecOf } from "../../../policies/objects/pods.ts";
import { stackOf } from "../../../policies/objects/stack.ts";

const object = (apiVersion: string | undefined, kind: string) => ({
  apiVersion,
  kind,
  metadata: { name: "web", namespace: "shop" },
  spec: {},
});

test.each([
  ["v1", "Service"],
  ["extensions/v1beta1", "Ingress"],
  ["networking.k8s.io/v1", "Ingress"],
  [undefined, "Service"],
  ["monitoring.coreos.com/v1", "ServiceMonitor"],
])("%s %s is looked up by its kind", (apiVersion, kind) => {
  const stack = stackOf([{ content: object(apiVersion, kind) }]);
  expect(stack.ofKind(kind)).toHaveLength(1);
  expect(stack.ofKind(kind, "shop")).toHaveLength(1);
  expect(stack.find(kind, "shop", "web")?.name).toBe("web");
});

test.each([
  ["serving.knative.dev/v1", "Service"],
  ["projectcalico.org/v3", "NetworkPolicy"],
  ["crd.projectcalico.org/v1", "NetworkPolicy"],
  ["authorization.openshift.io/v1", "RoleBinding"],
  ["v1", "Deployment"],
])("%s %s is another thing of that name", (apiVersion, kind) => {
  const stack = stackOf([{ content: object(apiVersion, kind) }]);
  expect(stack.ofKind(kind)).toEqual([]);
  expect(stack.ofKind(kind, "shop")).toEqual([]);
  expect(stack.find(kind, "shop", "web")).toBeUndefined();
  expect(stack.objects[0]?.kind).toBe(kind);
});

test("one of several kinds is enough", () => {
  expect(isKind(object("apps/v1", "DaemonSet"), "Deployment", "DaemonSet")).toBe(true);
  expect(isKind(object("apps/v1", "DaemonSet"), "Deployment")).toBe(false);
  expect(isKind({}, "Deployment")).toBe(false);
});

test("a Job of another group has pods only where its template is", () => {
  expect(podSpecOf(object("batch.volcano.sh/v1alpha1", "Job"))).toBeUndefined();
  expect(podSpecOf(object("batch/v1", "Job"))?.path).toBe("spec.template.spec");
  const content = {
    ...object("apps.kruise.io/v1beta1", "StatefulSet"),
    spec: { template: { spec: { containers: [] } } },
  };
  expect(podSpecOf(content)?.path).toBe("spec.template.spec");
});
