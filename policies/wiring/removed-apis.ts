import { z } from "zod";
import { goneApiVersions } from "../data/gone-api-versions.ts";
import { text } from "../objects/values.ts";
import { versionText } from "../options.ts";
import { objectRule } from "../rule.ts";

/** An API server knows only the versions that it serves. */
export const removedApis = objectRule({
  name: "removed-apis",
  severity: "mandatory",
  description: "Objects are of API versions that Kubernetes still serves.",
  why: "The API server does not know the object.",
  reference: "https://kubernetes.io/docs/reference/using-api/deprecation-guide/",
  options: z.object({
    kubernetes: versionText(/^1\.\d+$/, "must be a version such as 1.36")
      .default(`1.${Math.max(...goneApiVersions.map(({ since }) => minorOf(since)))}`)
      .meta({
        description: "Version of Kubernetes that the objects are for; what is gone in newer ones is allowed.",
      }),
  }),
  check({ apiVersion, kind }, { kubernetes }) {
    const found = goneApiVersions.find(
      (one) =>
        one.apiVersion === apiVersion &&
        (one.kinds?.includes(text(kind) ?? "") ?? true) &&
        minorOf(one.since) <= minorOf(kubernetes),
    );
    if (!found) return [];
    return [
      {
        path: "apiVersion",
        problem: `${text(kind) ?? "an object"} of ${found.apiVersion} is gone since Kubernetes ${found.since}`,
        fix: found.instead.includes("/")
          ? `Write ${found.instead}, with the fields of that version`
          : `Use ${found.instead}`,
      },
    ];
  },
});

/** 36 of 1.36. */
function minorOf(version: string): number {
  return Number(version.split(".")[1]);
}
