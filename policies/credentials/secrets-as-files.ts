import { containersOf, podSpecOf } from "../objects/pods.ts";
import { fields, ifKnown, isSet, list, text } from "../objects/values.ts";
import { objectRule } from "../rule.ts";

/** Variables that come from a Secret, one by one or all of its keys. */
export const secretsAsFiles = objectRule({
  name: "secrets-as-files",
  severity: "advisory",
  description: "Containers get Secrets as files, not as environment variables.",
  why: "An environment is inherited by every child process, ends up in crash reports, and stays as it was when the Secret changes.",
  reference:
    "https://cheatsheetseries.owasp.org/cheatsheets/Kubernetes_Security_Cheat_Sheet.html#keep-secrets-as-secrets",
  check(object) {
    const pod = podSpecOf(object);
    if (!pod) return [];
    return containersOf(pod).flatMap(({ path, name, container: { env, envFrom } }) => [
      ...list(env).flatMap((item, index) => {
        const variable = fields(item);
        const from = ifKnown(() => fields(variable.valueFrom)) ?? {};
        if (!isSet(from.secretKeyRef)) return [];
        return [
          {
            path: `${path}.env[${index}].valueFrom.secretKeyRef`,
            problem: `container ${name} gets ${text(variable.name) ?? `variable ${index}`} from a Secret as a variable`,
            fix: "Mount the Secret read-only, and have the program read the file",
          },
        ];
      }),
      ...list(envFrom).flatMap((item, index) => {
        if (!isSet(fields(item).secretRef)) return [];
        return [
          {
            path: `${path}.envFrom[${index}].secretRef`,
            problem: `container ${name} gets a whole Secret as variables`,
            fix: "Mount the Secret read-only, and have the program read the files",
          },
        ];
      }),
    ]);
  },
});
