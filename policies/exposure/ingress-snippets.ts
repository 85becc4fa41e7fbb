import { annotationsOf } from "../objects/ingresses.ts";
import { isKind } from "../objects/kinds.ts";
import { objectRule } from "../rule.ts";

/** Those of ingress-nginx, and of NGINX's own controller. */
export const ingressSnippets = objectRule({
  name: "ingress-snippets",
  severity: "mandatory",
  description: "No Ingress writes parts of the controller's configuration by an annotation.",
  why: "Whoever may write an Ingress can so read every Secret that the controller may read (CVE-2021-25742).",
  reference: "https://github.com/kubernetes/kubernetes/issues/126811",
  check(object) {
    if (!isKind(object, "Ingress")) return [];
    return Object.keys(annotationsOf(object))
      .filter((key) => /^(?:nginx\.ingress\.kubernetes\.io|nginx\.(?:org|com))\/[\w-]*snippets?$/.test(key))
      .map((key) => ({
        path: `metadata.annotations["${key}"]`,
        problem: `${key} goes into the controller's configuration as it is`,
        fix: "Use the annotation or the custom resource that is for this one setting",
      }));
  },
});
