import { expect, test } from "vitest";
import { podSecurityLabels } from "../../../policies/wiring/pod-security-labels.ts";
import { foundBy, messagesOf } from "../world.ts";

const labels = "Namespace/shop metadata.labels";
const found = ['Namespace/shop metadata.labels["pod-security.kubernetes.io/enforce"]'];
const only = (label: string, level: string) => ({
  [labels]: { [`pod-security.kubernetes.io/${label}`]: level },
});

test("the namespace enforces a level", () => {
  expect(foundBy(podSecurityLabels)).toEqual([]);
});

test.each([
  ["no labels", { [labels]: undefined }],
  ["a warning only", only("warn", "restricted")],
  ["no level", only("enforce", "strict")],
])("a namespace with %s is refused", (_, changes) => {
  expect(foundBy(podSecurityLabels, changes)).toEqual(found);
});

test("messages say what is there", () => {
  expect(messagesOf(podSecurityLabels, only("enforce", "strict"))[0]).toMatch(
    /^the namespace enforces strict, which is no level\./,
  );
});

test.each(["privileged", "baseline", "restricted"])("level %s is a choice", (level) => {
  expect(foundBy(podSecurityLabels, only("enforce", level))).toEqual([]);
});

test("namespaces of the system are not ours", () => {
  expect(foundBy(podSecurityLabels, { [labels]: {}, "Namespace/shop metadata.name": "kube-system" })).toEqual(
    [],
  );
});
