import { containersOf, podSpecOf } from "../objects/pods.ts";
import { fields, list, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** An environment variable is given once. */
export const uniqueEnvNames = objectRule({
  name: "unique-env-names",
  severity: "mandatory",
  description: "The environment of a container has each variable once.",
  why: "The last one wins, and server-side apply refuses the object.",
  reference: "https://kubernetes.io/docs/reference/kubernetes-api/core/pod-v1/#EnvVar",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap(({ path, name, container }) => {
      const seen = new Map<string, number>();
      return list(container.env).flatMap((item, index) => {
        const variable = text(fields(item).name);
        if (variable === undefined) return [];
        const first = seen.get(variable);
        if (first === undefined) seen.set(variable, index);
        if (first === undefined) return [];
        return [
          {
            path: `${path}.env[${index}].name`,
            problem: `container ${name} has variable ${variable} twice, first as env[${first}]`,
            fix: "Leave one of them out",
          },
        ];
      });
    });
  },
});
