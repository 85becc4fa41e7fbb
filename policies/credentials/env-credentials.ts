import { credentialsOf } from "../objects/command-credentials.ts";
import { isLiteralCredential, namesCredential } from "../objects/credentials.ts";
import { containersOf, podSpecOf } from "../objects/pods.ts";
import { fields, ifKnown, list, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Variables by their names; values of a known form are for the rules about these. */
export const envCredentials = objectRule({
  name: "env-credentials",
  severity: "mandatory",
  description: "No variable of a container is given a credential as a literal value.",
  why: "It stands in the manifest, in every copy of the pod's specification, and in what crashes and processes report.",
  reference: "https://kubernetes.io/docs/concepts/configuration/secret/#uses-for-secrets",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap(({ path, name: container, container: { env } }) =>
      list(env).flatMap((item, index) => {
        const variable = fields(item);
        const name = text(variable.name) ?? "";
        const value = ifKnown(() => scalar(variable.value));
        if (value === undefined) return [];
        const at = `${path}.env[${index}].value`;
        if (!namesCredential(name))
          return optionsIn(value).map((option) => ({
            path: at,
            problem: `container ${container} is given the value of ${option} in ${name}`,
            fix: "Give it by a file that is mounted from a Secret",
          }));
        if (!isLiteralCredential(name, value)) return [];
        return [
          {
            path: at,
            problem: `container ${container} is given ${name} in the open`,
            fix: `Put it into a Secret, mount that, and give its path (as ${name}_FILE, where the program knows that)`,
          },
        ];
      }),
    );
  },
});

/** Options of a program that give a credential, in a variable such as JAVA_OPTS; at most one is named. */
function optionsIn(value: string): string[] {
  if (!/^-|\s-/.test(value)) return [];
  return credentialsOf([{ path: "", field: "", text: value }]).map(({ option }) => option);
}

/** The API server refuses a number there, but a password without quotes is one all the same. */
function scalar(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : text(value);
}
