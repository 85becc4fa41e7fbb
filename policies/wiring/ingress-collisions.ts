import { annotationsOf, ingressRulesOf } from "../objects/ingresses.ts";
import { idOf, type StackObject } from "../objects/stack.ts";
import { fields, ifKnown, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/**
 * Across namespaces, too: hosts belong to the whole controller. It is no matter who answers where all send to the same Service; a
 * canary shares its path on purpose, and a priority decides.
 */
export const ingressCollisions = stackRule({
  name: "ingress-collisions",
  severity: "mandatory",
  description: "A path of a host leads to one Service.",
  why: "Which of them answers is the controller's choice, and may change with any update of either.",
  reference: "https://kubernetes.io/docs/concepts/services-networking/ingress/#multiple-matches",
  check(stack) {
    const places = stack
      .ofKind("Ingress")
      .filter((object) => !isShared(object))
      .flatMap(placesOf);
    const byPlace = Map.groupBy(places, ({ place }) => place);
    return places.flatMap(({ object, path, place, shown, answer }) => {
      const first = byPlace.get(place)?.[0];
      if (!first || first.answer === answer || isSameObject(first.object, object)) return [];
      return [
        {
          object,
          path,
          problem: `it sends ${shown} to another backend than Ingress ${first.object.name} of namespace ${first.object.namespace}`,
          fix: "Give each a path or host of its own",
        },
      ];
    });
  },
});

/** Two documents for one object, which are another rule's; not two rules of one document. */
function isSameObject(one: StackObject, other: StackObject): boolean {
  return one.content !== other.content && idOf(one) === idOf(other);
}

interface Place {
  readonly object: StackObject;
  readonly path: string;
  /** The same text for the same requests. */
  readonly place: string;
  readonly shown: string;
  /** The same text for the same backend. */
  readonly answer: string;
}

function placesOf(object: StackObject): Place[] {
  const { content } = object;
  const ownClass =
    text(fields(content.spec).ingressClassName) ?? annotationsOf(content)[classAnnotation] ?? "";
  return ingressRulesOf(content).flatMap(({ host, paths }) =>
    // Rules for every host are a matter of their own.
    host === undefined
      ? []
      : paths.flatMap(({ at, path, type, backend }) => {
          const answer = ifKnown(() => JSON.stringify([object.namespace, backend]));
          return answer === undefined
            ? []
            : [
                {
                  answer,
                  object,
                  path: `${at}.path`,
                  place: JSON.stringify([ownClass, host.toLowerCase(), path, type]),
                  shown: `${host}${path}`,
                },
              ];
        }),
  );
}

const classAnnotation = "kubernetes.io/ingress.class";

function isShared({ content }: StackObject): boolean {
  return Object.entries(annotationsOf(content)).some(
    ([key, value]) => (key.endsWith("/canary") && value === "true") || key.endsWith("/router.priority"),
  );
}
