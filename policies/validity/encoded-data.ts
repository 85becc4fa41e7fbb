import { placesAt, placesOf } from "../objects/places.ts";
import { text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** What people write where the value is to be put in. */
const reminder = /^(?:replace|insert|your)|^([*x.-])\1*$/i;

/** What is written as it is belongs elsewhere; a line break of `echo` is no matter, a missing `=` is. */
export const encodedData = objectRule({
  name: "encoded-data",
  severity: "mandatory",
  description: "The data of a Secret, and the binaryData of a ConfigMap, are in base64.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data",
  check: (object) =>
    [
      ...placesOf(object, { kinds: ["Secret"] }).flatMap((place) => placesAt(place, "data.*")),
      ...placesOf(object, { kinds: ["ConfigMap"] }).flatMap((place) => placesAt(place, "binaryData.*")),
    ].flatMap(({ path, value }) => {
      const written = text(value);
      // Whether it is a text at all is another rule's matter.
      if (written === undefined || isEncoded(written) || reminder.test(written)) return [];
      const plain = object.kind === "Secret" ? "stringData" : "data";
      return [
        {
          path,
          problem: "the value is not in base64",
          fix: `Encode it, or write it as it is below ${plain}`,
        },
      ];
    }),
});

function isEncoded(written: string): boolean {
  const compact = written.replace(/[\r\n]/g, "");
  return compact.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(compact);
}
