import { removedApis as removed } from "../data/removed-apis.ts";
import { text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** An API server knows only the versions that it serves. */
export const removedApis = objectRule({
  name: "removed-apis",
  severity: "mandatory",
  description: "Objects are of API versions that Kubernetes still serves.",
  why: "The API server does not know the object.",
  reference: "https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
  check({ apiVersion, kind }) {
    const found = removed.find(
      (one) => one.apiVersion === apiVersion && (one.kinds?.includes(text(kind) ?? "") ?? true),
    );
    if (!found) return [];
    return [
      {
        path: "apiVersion",
        problem: `${text(kind)} of ${found.apiVersion} is gone since Kubernetes ${found.since}`,
        fix: found.instead.includes("/")
          ? `Write ${found.instead}, with the fields of that version`
          : `Use ${found.instead}`,
      },
    ];
  },
});
