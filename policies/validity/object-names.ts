import { dnsLabel, dnsLetterLabel, dnsName, type Form, pathSegment } from "../objects/forms.ts";
import { isKind } from "../objects/kinds.ts";
import type { KubernetesObject } from "../objects/object.ts";
import { isOwnKind, type Place, placesAt, placesOf } from "../objects/places.ts";
import { text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Most names become host names, or parts of one. */
export const objectNames = objectRule({
  name: "object-names",
  severity: "mandatory",
  description: "Names of objects, containers and volumes have the form that their kind wants.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#names",
  check(object) {
    if (!isOwnKind(object)) return [];
    const root = { path: "", value: object };
    const inner = [
      ...placesOf(object, "container").flatMap((place) => placesAt(place, "name")),
      ...placesOf(object, "pod").flatMap((place) => placesAt(place, "volumes[].name")),
      ...placesAt(root, "metadata.namespace"),
    ];
    return [
      ...placesAt(root, "metadata.name").map((place) => ({ place, form: formFor(object) })),
      ...inner.map((place) => ({ place, form: dnsLabel })),
    ].flatMap(({ place, form }) => problemOf(place, form) ?? []);
  },
});

function problemOf({ path, value }: Place, form: Form) {
  const name = text(value);
  if (name === undefined) return { path, problem: "the name is no text", fix: "Put it in quotes" };
  // An empty one is not known yet, or to be filled in.
  if (name === "" || form.fits(name)) return undefined;
  const shown = name.length > 63 ? `of ${name.length} characters` : name;
  return { path, problem: `the name ${shown} is not of the form of such names`, fix: `Write ${form.words}` };
}

/** Names that are longer become too long with what controllers append for the objects that they make. */
function atMost(length: number): Form {
  return {
    words: dnsName.words.replace("253", String(length)),
    fits: (given) => given.length <= length && dnsName.fits(given),
  };
}

const forms: readonly (readonly [Form, ...string[]])[] = [
  [dnsLabel, "Namespace", "StatefulSet"],
  // Kubernetes 1.36 takes a digit first, too; earlier versions do not.
  [dnsLetterLabel, "Service"],
  [pathSegment, "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"],
  [atMost(52), "CronJob"],
  [atMost(63), "Job"],
];

function formFor(object: KubernetesObject): Form {
  return forms.find(([, ...kinds]) => isKind(object, ...kinds))?.[0] ?? dnsName;
}
