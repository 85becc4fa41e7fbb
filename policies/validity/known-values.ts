import { fieldValues } from "../data/field-values.ts";
import { placesAt, placesOf } from "../objects/places.ts";
import { text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Mostly capitals are wrong: `tcp`, `ifNotPresent`, `Loadbalancer`. */
export const knownValues = objectRule({
  name: "known-values",
  severity: "mandatory",
  description: "A field that takes one of a few values has one of them, with its capitals.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/reference/kubernetes-api/",
  check: (object) =>
    fieldValues.flatMap(({ scope, field, allowed }) =>
      placesOf(object, scope)
        .flatMap((place) => placesAt(place, field))
        .filter(({ value }) => value !== "" && !allowed.includes(text(value) ?? ""))
        .map(({ path, value }) => {
          const name =
            path
              .split(".")
              .at(-1)
              ?.replace(/\[\d+\]$/, "") ?? path;
          const meant = allowed.find((one) => one.toLowerCase() === text(value)?.trim().toLowerCase());
          const problem =
            meant === undefined
              ? `${name} has a value that does not exist`
              : `${name} is ${meant} in other capitals`;
          return { path, problem, fix: `Write ${meant ?? oneOf(allowed)}` };
        }),
    ),
});

function oneOf(words: readonly string[]): string {
  return words.join(", ").replace(/, (?=\w+$)/, " or ");
}
