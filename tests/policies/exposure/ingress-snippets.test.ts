import { expect, test } from "vitest";
import { ingressSnippets } from "../../../policies/exposure/ingress-snippets.ts";
import { foundBy, messagesOf } from "../world.ts";

const annotated = (key: string) => ({
  "Ingress/web metadata.annotations": { [key]: "more_set_headers 'A: b';" },
});

test("no annotation is configuration", () => {
  expect(foundBy(ingressSnippets)).toEqual([]);
  expect(foundBy(ingressSnippets, annotated("nginx.ingress.kubernetes.io/proxy-body-size"))).toEqual([]);
});

test.each([
  "nginx.ingress.kubernetes.io/configuration-snippet",
  "nginx.ingress.kubernetes.io/server-snippet",
  "nginx.ingress.kubernetes.io/modsecurity-snippet",
  "nginx.org/location-snippets",
])("%s", (key) => {
  expect(foundBy(ingressSnippets, annotated(key))).toEqual([`Ingress/web metadata.annotations["${key}"]`]);
  expect(messagesOf(ingressSnippets, annotated(key))[0]).toContain(
    `${key} goes into the controller's configuration`,
  );
});
