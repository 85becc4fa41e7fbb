import { exclusiveFieldSets } from "../data/exclusive-fields.ts";
import { placesAt, placesOf } from "../objects/places.ts";
import { fields, ifKnown, isSet } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Of several ways to say something, one is meant. */
export const exclusiveFields = objectRule({
  name: "exclusive-fields",
  severity: "mandatory",
  description: "Where an object has one of several sources, handlers or targets, it has exactly one.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#volumes",
  check: (object) =>
    exclusiveFieldSets.flatMap(({ scope, holder, what, fields: names, isNeeded }) =>
      placesOf(object, scope).flatMap((root) =>
        placesAt(root, holder).flatMap(({ path, value }): Violation[] => {
          const [first, second] = names.filter((name) => isGiven(fields(value), name));
          if (second !== undefined)
            return [
              {
                path: `${path}.${second}`,
                problem: `${what} has ${first} and ${second}`,
                fix: "Leave one of them out",
              },
            ];
          // A container without an image is a patch of another object's, and may leave anything out.
          const isWhole = scope !== "container" || isSet(fields(root.value).image);
          if (first !== undefined || !isNeeded || !isWhole) return [];
          return [{ path, problem: `${what} has none of ${names.join(", ")}`, fix: "Write one of them" }];
        }),
      ),
    ),
});

/** An empty value is none, as the API server sees it; what is not known yet is one. */
function isGiven(holder: Readonly<Record<string, unknown>>, name: string): boolean {
  if (!Object.hasOwn(holder, name)) return false;
  const value = ifKnown(() => ({ value: holder[name] }));
  return value === undefined || (isSet(value.value) && value.value !== "" && value.value !== 0);
}
