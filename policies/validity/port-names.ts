import { dnsLabel, portName } from "../objects/forms.ts";
import { placesAt, placesOf } from "../objects/places.ts";
import { text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Names of containers' ports are those of RFC 6335; names of Services' ports may be longer. */
export const portNames = objectRule({
  name: "port-names",
  severity: "mandatory",
  description: "Names of ports have the form that Kubernetes wants, in containers of up to 15 characters.",
  why: "The API server refuses the object.",
  reference: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports",
  check: (object) =>
    [
      ...placesOf(object, "container").flatMap((place) =>
        placesAt(place, "ports[].name").map((name) => ({ name, form: portName })),
      ),
      ...placesOf(object, { kinds: ["Service"] }).flatMap((place) =>
        placesAt(place, "spec.ports[].name").map((name) => ({ name, form: dnsLabel })),
      ),
    ].flatMap(({ name: { path, value }, form }) => {
      const given = text(value);
      if (given !== undefined && (given === "" || form.fits(given))) return [];
      const problem =
        given === undefined
          ? "the port's name is no text"
          : `the port's name of ${given.length} characters is not of the form of such names`;
      return [{ path, problem, fix: `Write ${form.words}` }];
    }),
});
