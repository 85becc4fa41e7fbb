import type { KubernetesObject } from "./object.ts";
import { type Fields, fields, list, text, texts } from "./values.ts";

/** A rule of an Ingress. */
export interface IngressRule {
  readonly path: string;
  readonly host: string | undefined;
  readonly paths: readonly IngressPath[];
}

interface IngressPath {
  readonly at: string;
  readonly path: string;
  readonly type: string;
  /** Who answers, in whatever notation of the API's versions. */
  readonly backend: Fields;
}

export function ingressRulesOf(ingress: KubernetesObject): IngressRule[] {
  return list(fields(ingress.spec).rules).map((item, index) => {
    const { host, http } = fields(item);
    const path = `spec.rules[${index}]`;
    return {
      path,
      host: text(host) || undefined,
      paths: list(fields(http).paths).map((entry, place) => {
        const one = fields(entry);
        return {
          at: `${path}.http.paths[${place}]`,
          path: text(one.path) ?? "/",
          type: text(one.pathType) ?? "ImplementationSpecific",
          backend: fields(one.backend),
        };
      }),
    };
  });
}

/** Annotations of an Ingress, by their whole names; those not known yet are left out. */
export function annotationsOf({ metadata }: KubernetesObject): Readonly<Record<string, string>> {
  return texts(fields(metadata).annotations);
}

export const nginxPrefix = "nginx.ingress.kubernetes.io/";
