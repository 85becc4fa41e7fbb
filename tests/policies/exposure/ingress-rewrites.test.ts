import { expect, test } from "vitest";
import { ingressRewrites } from "../../../policies/exposure/ingress-rewrites.ts";
import { foundBy, messagesOf } from "../world.ts";

const key = "nginx.ingress.kubernetes.io/rewrite-target";
const rewrite = (target: string) => ({ "Ingress/web metadata.annotations": { [key]: target } });
const path = "Ingress/web spec.rules.0.http.paths.0";
const found = [`Ingress/web metadata.annotations["${key}"]`];

test("paths stay what they are", () => {
  expect(foundBy(ingressRewrites)).toEqual([]);
});

test("every path becomes one", () => {
  expect(foundBy(ingressRewrites, rewrite("/"))).toEqual(found);
  expect(messagesOf(ingressRewrites, rewrite("/"))[0]).toMatch(
    /^everything below \/ becomes \/\. .* Remove the annotation: a path of \/ needs none\.$/,
  );
  const shop = { ...rewrite("/app"), [`${path}.path`]: "/shop" };
  expect(foundBy(ingressRewrites, shop)).toEqual(found);
  expect(messagesOf(ingressRewrites, shop)[0]).toMatch(
    /^everything below \/shop becomes \/app\. .* Capture the rest: /,
  );
});

test.each([
  { ...rewrite("/$2"), [`${path}.path`]: "/shop(/|$)(.*)" },
  { ...rewrite("/status"), [`${path}.path`]: "/healthz", [`${path}.pathType`]: "Exact" },
  rewrite(""),
])("%j is fine", (changes) => {
  expect(foundBy(ingressRewrites, changes)).toEqual([]);
});

test("a query of the target is not repeated", () => {
  const [message] = messagesOf(ingressRewrites, rewrite("/app?token=hunter2"));
  expect(message).toMatch(/^everything below \/ becomes \/app\. /);
});
