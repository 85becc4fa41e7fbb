import { expect, test } from "vitest";
import { retiredIngressNginx } from "../../../policies/exposure/retired-ingress-nginx.ts";
import { foundBy, messagesOf } from "../world.ts";

const prefix = "nginx.ingress.kubernetes.io";

test("nothing is for ingress-nginx", () => {
  expect(foundBy(retiredIngressNginx)).toEqual([]);
  expect(foundBy(retiredIngressNginx, { "Ingress/web spec.ingressClassName": "nginx" })).toEqual([]);
});

test("annotations, once for an Ingress", () => {
  const annotations = {
    "cert-manager.io/issuer": "ca",
    [`${prefix}/ssl-redirect`]: "true",
    [`${prefix}/use-regex`]: "true",
  };
  const changes = { "Ingress/web metadata.annotations": annotations };
  expect(foundBy(retiredIngressNginx, changes)).toEqual([
    `Ingress/web metadata.annotations["${prefix}/ssl-redirect"]`,
  ]);
  expect(messagesOf(retiredIngressNginx, changes)[0]).toMatch(
    /^nginx\.ingress\.kubernetes\.io\/ssl-redirect and 1 more mean something to ingress-nginx alone\. /,
  );
});

test("its class", () => {
  const ingressClass = (controller: string) => ({
    "IngressClass/nginx": {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: "nginx" },
      spec: { controller },
    },
  });
  expect(foundBy(retiredIngressNginx, ingressClass("k8s.io/ingress-nginx"))).toEqual([
    "IngressClass/nginx spec.controller",
  ]);
  expect(foundBy(retiredIngressNginx, ingressClass("nginx.org/ingress-controller"))).toEqual([]);
});
