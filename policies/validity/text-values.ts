import { labelMapsOf } from "../objects/label-maps.ts";
import type { KubernetesObject } from "../objects/object.ts";
import { type Place, placesAt, placesOf, type Scope } from "../objects/places.ts";
import { objectRule } from "../rule.ts";

/** Fields of texts that people fill with what YAML takes for numbers and booleans. */
const textFields: readonly (readonly [Scope, readonly string[]])[] = [
  [
    "container",
    [
      "env[].value",
      "command[]",
      "args[]",
      ...["livenessProbe", "readinessProbe", "startupProbe"].flatMap((probe) => [
        `${probe}.exec.command[]`,
        `${probe}.httpGet.httpHeaders[].value`,
      ]),
      ...["postStart", "preStop"].map((hook) => `lifecycle.${hook}.exec.command[]`),
    ],
  ],
  ["pod", ["tolerations[].value", "securityContext.sysctls[].value"]],
  [{ kinds: ["ConfigMap"] }, ["data.*", "binaryData.*"]],
  [{ kinds: ["Secret"] }, ["data.*", "stringData.*"]],
  [{ kinds: ["StorageClass"] }, ["parameters.*"]],
];

/** YAML reads 5432, true, and `on` as something else than a text. Nothing at all is an empty text. */
export const textValues = objectRule({
  name: "text-values",
  severity: "mandatory",
  description: "Values of variables, data, labels, annotations and arguments are texts.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object",
  check: (object) =>
    placesOfTexts(object).flatMap(({ path, value }) => {
      const what = sortOf(value);
      if (what === undefined) return [];
      const fix =
        what.startsWith("a list") || what.startsWith("a mapping")
          ? "Write a text: a block of lines after |"
          : "Put it in quotes";
      return [{ path, problem: `the value is ${what}, where a text has to be`, fix }];
    }),
});

function placesOfTexts(object: KubernetesObject): Place[] {
  return [
    ...textFields.flatMap(([scope, paths]) =>
      placesOf(object, scope).flatMap((place) => paths.flatMap((path) => placesAt(place, path))),
    ),
    ...labelMapsOf(object).flatMap((map) => placesAt(map, "*")),
  ];
}

/** What a value is instead of a text; undefined for texts, and for YAML's own binaries, which become some. */
function sortOf(value: unknown): string | undefined {
  if (typeof value === "number" || typeof value === "bigint") return "a number";
  if (typeof value === "boolean") return "true or false (as yes, no, on and off are)";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" && !(value instanceof Uint8Array) ? "a mapping" : undefined;
}
