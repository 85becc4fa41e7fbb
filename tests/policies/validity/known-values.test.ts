import { expect, test } from "vitest";
import { fieldValues } from "../../../policies/data/field-values.ts";
import { knownValues } from "../../../policies/validity/known-values.ts";
import { foundBy, messagesOf } from "../world.ts";

const pod = "Deployment/web spec.template.spec";

test.each([
  [`${pod}.containers.0.imagePullPolicy`, "ifnotpresent"],
  [`${pod}.containers.0.ports.0.protocol`, "tcp"],
  [`${pod}.containers.0.livenessProbe.httpGet.scheme`, "https"],
  [`${pod}.dnsPolicy`, "clusterFirst"],
  [`${pod}.topologySpreadConstraints.0.whenUnsatisfiable`, "DoNotschedule"],
  ["Deployment/web spec.strategy.type", "recreate"],
  ["StatefulSet/store spec.updateStrategy.type", "Recreate"],
  ["StatefulSet/store spec.podManagementPolicy", "parallel"],
  ["CronJob/nightly spec.concurrencyPolicy", "forbid"],
  ["Service/web spec.type", "Loadbalancer"],
  ["Service/web spec.sessionAffinity", "clientIP"],
  ["Service/web spec.ports.0.protocol", "HTTP"],
  ["NetworkPolicy/web spec.policyTypes.1", "egress"],
  ["NetworkPolicy/web spec.ingress.0.ports.0.protocol", "ICMP"],
  ["HorizontalPodAutoscaler/web spec.metrics.0.type", "cpu"],
  ["RoleBinding/nightly subjects.0.kind", "serviceaccount"],
  ["RoleBinding/nightly roleRef.kind", "role"],
])("%s may not be %s", (place, value) => {
  expect(foundBy(knownValues, { [place]: value })).toEqual([place.replace(/\.(\d+)(?=\.|$)/g, "[$1]")]);
});

test.each(fieldValues.map(({ field, allowed }) => [field, allowed] as const))(
  "%s may be %j",
  (_, allowed) => {
    expect(new Set(allowed).size).toBe(allowed.length);
    for (const value of allowed) expect(value).toMatch(/^[A-Z][A-Za-z]+$/);
  },
);

test("the message names what was meant, and quotes nothing that is not known", () => {
  const place = `${pod}.containers.0.imagePullPolicy`;
  expect(foundBy(knownValues, { [place]: "Always" })).toEqual([]);
  expect(foundBy(knownValues, { [place]: "$(POLICY)" })).toEqual([]);
  expect(messagesOf(knownValues, { [place]: "ALWAYS" })).toEqual([
    "imagePullPolicy is Always in other capitals. The API server refuses the object. Write Always.",
  ]);
  expect(messagesOf(knownValues, { [place]: "sometimes" })).toEqual([
    "imagePullPolicy has a value that does not exist. The API server refuses the object. Write Always, IfNotPresent or Never.",
  ]);
});
