import { annotationsOf, type IngressRule, ingressRulesOf } from "../objects/ingresses.ts";
import { isKind } from "../objects/kinds.ts";
import type { KubernetesObject } from "../objects/object.ts";
import { memberPath } from "../objects/texts.ts";
import { at, fields, ifKnown, list, text } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Ingresses, and Gateways of the Gateway API and of Istio. A listener without TLS beside one with it redirects, as a rule. */
export const edgeTls = objectRule({
  name: "edge-tls",
  severity: "mandatory",
  description: "What is reached from outside is reached by TLS, under each of its names.",
  why: "Whoever is on the way reads and changes requests, passwords and sessions included.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/ingress/#tls",
  check(object) {
    if (isKind(object, "Ingress")) return ofIngress(object);
    return object.kind === "Gateway" ? ofGateway(object) : [];
  },
});

/** Annotations by which a controller gets its certificate from elsewhere. */
const certificates =
  /(?:certificate-arn|managed-certificates|pre-shared-cert|ssl-cert|ssl-certificate|router\.tls(?:\.\w+)?|ssl-passthrough|tls-acme-cert)$/;

function ofIngress(ingress: KubernetesObject): Violation[] {
  const spec = fields(ingress.spec);
  if (Object.keys(annotationsOf(ingress)).some((key) => certificates.test(key))) return [];
  const rules = ingressRulesOf(ingress).filter((rule) => !isChallenge(rule));
  if (rules.length === 0 && spec.defaultBackend === undefined) return [];
  const tls = list(spec.tls);
  if (tls.length === 0)
    return [
      {
        path: "spec.tls",
        problem: "the Ingress is without TLS",
        fix: "Write tls, with the hosts and the Secret of their certificate",
      },
    ];
  const plain = staysPlain(ingress);
  // An entry without hosts is for all of them.
  if (tls.some((entry) => list(fields(entry).hosts).length === 0)) return plain;
  const hosts = tls.flatMap((entry) => {
    const given = list(fields(entry).hosts);
    return given.flatMap((_, index) => ifKnown(() => text(given[index])) ?? []);
  });
  const uncovered = rules.flatMap(({ path, host }) => {
    if (host === undefined || hosts.some((one) => covers(one, host))) return [];
    const problem = `host ${host} is in no entry of tls (${hosts.join(", ")})`;
    return [
      {
        path: `${path}.host`,
        problem,
        fix: "Add it to the hosts of an entry whose certificate has the name",
      },
    ];
  });
  return [...plain, ...uncovered];
}

/** Annotations that have a controller answer without TLS as well, by what they are set to for that. */
const plainAnnotations: readonly { readonly key: RegExp; readonly value: string }[] = [
  {
    key: /^(?:nginx\.ingress\.kubernetes\.io|haproxy\.org|haproxy-ingress\.github\.io)\/ssl-redirect$/,
    value: "false",
  },
  { key: /^kubernetes\.io\/ingress\.allow-http$/, value: "true" },
];

function staysPlain(ingress: KubernetesObject): Violation[] {
  const annotations = annotationsOf(ingress);
  // Another annotation of the same controller that redirects anyway.
  if (
    Object.entries(annotations).some(
      ([key, value]) => key.endsWith("/force-ssl-redirect") && value === "true",
    )
  )
    return [];
  return Object.entries(annotations)
    .filter(([key, value]) => plainAnnotations.some((one) => one.key.test(key) && one.value === value))
    .map(([key]) => ({
      path: memberPath("metadata.annotations", key),
      problem: "the Ingress answers without TLS, too",
      fix: "Remove the annotation: requests without TLS are redirected then",
    }));
}

/** What proves to an authority that a name is ours goes without TLS. */
function isChallenge({ paths }: IngressRule): boolean {
  return paths.length > 0 && paths.every(({ path }) => path.startsWith("/.well-known/acme-challenge"));
}

/** A certificate for `*.example.com` is for names with one label more, and for the rule `*.example.com` itself. */
function covers(certificate: string, host: string): boolean {
  if (certificate.toLowerCase() === host.toLowerCase()) return true;
  return (
    certificate.startsWith("*.") &&
    host.slice(host.indexOf(".") + 1).toLowerCase() === certificate.slice(2).toLowerCase()
  );
}

function ofGateway(gateway: KubernetesObject): Violation[] {
  const listeners = list(at(gateway, "spec", "listeners")).map((item, index) => ({
    path: `spec.listeners[${index}].protocol`,
    protocol: text(fields(item).protocol),
  }));
  const servers = list(at(gateway, "spec", "servers")).map((item, index) => ({
    path: `spec.servers[${index}].port.protocol`,
    protocol: at(item, "tls", "httpsRedirect") === true ? "redirect" : text(at(item, "port", "protocol")),
  }));
  const all = [...listeners, ...servers];
  if (all.some(({ protocol }) => ["HTTPS", "TLS", "redirect"].includes(protocol ?? ""))) return [];
  return all
    .filter(({ protocol }) => ["HTTP", "HTTP2", "GRPC"].includes(protocol ?? ""))
    .map(({ path, protocol }) => ({
      path,
      problem: `the Gateway listens for ${protocol} alone`,
      fix: "Listen for HTTPS with a certificate, and let HTTP redirect to it",
    }));
}
