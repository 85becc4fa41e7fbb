import { type Place, placesAt } from "../objects/places.ts";
import { containersOf, podSpecOf } from "../objects/pods.ts";
import { text } from "../objects/values.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Variables are another rule's; of a volume and a claim template of one name, the claim wins. */
export const uniqueNames = objectRule({
  name: "unique-names",
  severity: "mandatory",
  description: "No two containers of a pod have one name, no two volumes, and no two ports of a container.",
  why: "The API server refuses the pods.",
  reference: "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#Container",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    const root = { path: pod.path, value: pod.spec };
    const sorts = ["containers", "initContainers", "ephemeralContainers"];
    return [
      ...repeated(
        "container",
        sorts.flatMap((sort) => placesAt(root, `${sort}[].name`)),
      ),
      ...repeated("volume", placesAt(root, "volumes[].name")),
      ...containersOf(pod).flatMap(({ path, container }) =>
        repeated("port", placesAt({ path, value: container }, "ports[].name")),
      ),
    ];
  },
});

function repeated(what: string, names: readonly Place[]): Violation[] {
  const first = new Map<string, string>();
  return names.flatMap(({ path, value }) => {
    const name = text(value) ?? "";
    const other = first.get(name);
    if (name === "") return [];
    if (other === undefined) {
      first.set(name, path);
      return [];
    }
    const problem = `a second ${what} is called ${name}, as ${other.replace(/\.name$/, "")} is`;
    return [{ path, problem, fix: "Give it a name of its own, or leave one of them out" }];
  });
}
