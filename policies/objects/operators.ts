import { askersOf } from "./grants.ts";
import type { Stack } from "./stack.ts";
import { fields, texts } from "./values.ts";

/** Groups of Kubernetes itself; everything else is a custom resource. `x-k8s.io` are projects beside it. */
const builtIn = /^(|apps|batch|autoscaling|policy|extensions|events|(.+\.)?k8s\.io)$/;

/** Custom resources that configure others, and never have pods themselves. */
const configures =
  /(Monitor|Rule|Probe|Config|Certificate|Issuer|VirtualService|Gateway|Route|Policy|Secret|Store|Middleware|ScaledObject|Binding|Entry|Authentication|Kustomization|Repository|Topic|Filter|Sidecar|Proxy|Application|Autoscaler)$/;

/** Whether somebody else may make an object of this namespace that is called, or labelled, with one of these words. */
export type MayBeMade = (namespace: string, words: readonly string[]) => boolean;

/**
 * Looks for operators' custom resources: their pods, Services and Secrets are in no set of manifests. They carry the name of
 * their resource in their own (`db-app` of the cluster `db`), and the name or the kind in their labels.
 */
export function madeByOperators(stack: Stack): MayBeMade {
  const custom = Map.groupBy(
    stack.objects.filter(({ group, kind }) => !builtIn.test(group) && !configures.test(kind)),
    ({ namespace }) => namespace,
  );
  const known = new Map(
    [...custom].map(([namespace, resources]) => [
      namespace,
      {
        names: new Set(resources.map(({ name }) => name)),
        words: new Set(
          resources.flatMap(({ kind, content }) => [
            kind.toLowerCase(),
            ...Object.values(texts(fields(content.metadata).labels)),
          ]),
        ),
      },
    ]),
  );
  return (namespace, asked) => {
    const own = known.get(namespace);
    if (!own) return false;
    return asked
      .map((word) => word.toLowerCase())
      .some((word) => own.words.has(word) || partsOf(word).some((part) => own.names.has(part)));
  };
}

/** A name, and all that stands in it between hyphens: `shop-db-app` has `db`, `shop-db` and four more. */
function partsOf(word: string): string[] {
  // Nothing that Kubernetes knows has a longer name.
  if (word.length > 253) return [];
  const parts = word.split("-");
  return parts.flatMap((_, start) =>
    parts.slice(start).map((_, length) => parts.slice(start, start + length + 1).join("-")),
  );
}

/** The same for pods, which programs may also make at run time: controllers whose account may make pods or what makes them. */
export function podsMadeByOthers(stack: Stack): MayBeMade {
  const mayBeMade = madeByOperators(stack);
  const mayAsk = askersOf(stack);
  const makers = ["pods", "deployments", "daemonsets", "statefulsets"];
  return (namespace, words) =>
    mayBeMade(namespace, words) || makers.some((resource) => mayAsk(namespace, ["create"], resource));
}
