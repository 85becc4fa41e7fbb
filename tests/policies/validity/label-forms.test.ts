import { expect, test } from "vitest";
import { labelForms } from "../../../policies/validity/label-forms.ts";
import { foundBy } from "../world.ts";

const label = "Deployment/web spec.template.metadata.labels";

test.each(["a", "A.b_c-1", "", "v1.2.3", "a".repeat(63), "{{ .Values.version }}"])(
  "%j is a value",
  (value) => {
    expect(foundBy(labelForms, { [`${label}.version`]: value })).toEqual([]);
  },
);

test.each(["-a", "a-", "a b", "a/b", "über", "a:1", "a".repeat(64)])("%j is none", (value) => {
  expect(foundBy(labelForms, { [`${label}.version`]: value })).toEqual([`${label}.version`]);
  expect(foundBy(labelForms, { "Service/web spec.selector.version": value })).toEqual([
    "Service/web spec.selector.version",
  ]);
});

test.each(["app", "example~com/app", "A_b", "{{ KEY }}"])("%s is a key", (key) => {
  expect(foundBy(labelForms, { [`${label}.${key}`]: "a" })).toEqual([]);
});

test.each(["-app", "a b", "Example.com/app", "example.com/a/b", "/app", "app/", "a".repeat(64)])(
  "%s is none",
  (key) => {
    const path = /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
    expect(foundBy(labelForms, { [label]: { "app.kubernetes.io/name": "web", [key]: "a" } })).toEqual([
      `${label}${path}`,
    ]);
  },
);

test("annotations may have any value, and capitals in the domain of their key", () => {
  const annotation = "Deployment/web metadata.annotations";
  expect(foundBy(labelForms, { [`${annotation}.Example~com/note`]: "any thing: at all" })).toEqual([]);
  expect(foundBy(labelForms, { [`${annotation}.note!`]: "a" })).toEqual([`${annotation}["note!"]`]);
});
