import { isTemplate } from "../objects/forms.ts";
import { isKind } from "../objects/kinds.ts";
import { placesAt } from "../objects/places.ts";
import { type Fields, fields, isSet, text } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

const types = ["Prefix", "Exact", "ImplementationSpecific"];

/** How a path is compared was up to the controller before v1, and has to be said since. */
export const ingressPaths = objectRule({
  name: "ingress-paths",
  severity: "mandatory",
  description: "Each path of an Ingress begins with a slash, and says by its pathType how it is compared.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/ingress/#path-types",
  check(object) {
    // Removed versions did without; that they are gone is another rule's.
    if (!isKind(object, "Ingress") || (text(object.apiVersion) ?? "").endsWith("beta1")) return [];
    return placesAt({ path: "", value: object }, "spec.rules[].http.paths[]").flatMap(
      ({ path, value }) => problemOf(path, fields(value)) ?? [],
    );
  },
});

function problemOf(at: string, { pathType, path }: Fields): Violation | undefined {
  const fix = "Write Prefix, Exact or ImplementationSpecific";
  if (!isSet(pathType)) return { path: `${at}.pathType`, problem: "the path has no pathType", fix };
  const type = types.find((one) => one === pathType);
  if (type === undefined && !isTemplate(pathType))
    return { path: `${at}.pathType`, problem: "there is no such pathType", fix };
  const given = path ?? "";
  const isLeftOut = given === "" && type === "ImplementationSpecific";
  if (isLeftOut || isTemplate(given) || text(given)?.startsWith("/")) return undefined;
  return {
    path: `${at}.path`,
    problem: given === "" ? "there is no path to compare" : "the path does not begin with a slash",
    fix: "Write the path from its first slash on, / for everything",
  };
}
