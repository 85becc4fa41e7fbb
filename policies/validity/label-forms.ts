import { isTemplate, labelKey, labelValue } from "../objects/forms.ts";
import { labelMapsOf } from "../objects/label-maps.ts";
import { placesAt } from "../objects/places.ts";
import { memberPath } from "../objects/texts.ts";
import { fields, text } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Values of annotations may be anything; whether labels' are texts at all is another rule's matter. */
export const labelForms = objectRule({
  name: "label-forms",
  severity: "mandatory",
  description: "Keys of labels and annotations, and values of labels, have the form that Kubernetes wants.",
  why: "The API server refuses the object.",
  reference:
    "https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set",
  check: (object) =>
    labelMapsOf(object).flatMap((map): Violation[] => {
      const { path, value, sort } = map;
      // Keys of annotations are compared without regard to capitals, which their domain may therefore have.
      const isKey = (key: string) => labelKey.fits(sort === "annotations" ? key.toLowerCase() : key);
      const keys = Object.keys(fields(value))
        .filter((key) => !isKey(key) && !isTemplate(key))
        .map((key) => ({
          path: memberPath(path, key),
          problem: `the key is no key of ${sort}`,
          fix: `Write ${labelKey.words}`,
        }));
      if (sort === "annotations") return keys;
      const values = placesAt(map, "*")
        .filter(({ value: one }) => !labelValue.fits(text(one) ?? ""))
        .map((one) => ({
          path: one.path,
          problem: "the value is none of a label",
          fix: `Write ${labelValue.words}`,
        }));
      return [...keys, ...values];
    }),
});
