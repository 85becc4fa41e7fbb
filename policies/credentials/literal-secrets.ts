import {
  credentialsIn,
  hasLoginInUrl,
  isLiteralCredential,
  isPlaceholder,
  namesCredential,
  tokenIn,
} from "../objects/credentials.ts";
import { entriesOf, type SecretEntry } from "../objects/secrets.ts";
import { at, text } from "../objects/values.ts";
import { stackRule } from "../rule.ts";

/** Only of objects that were read from a file: what a program makes is not written down. */
export const literalSecrets = stackRule({
  name: "literal-secrets",
  severity: "mandatory",
  description: "Manifests hold no values of Secrets, encoded or not.",
  why: "Base64 hides nothing: whoever has the file, or any copy or earlier version of it, has the credential.",
  reference:
    "https://kubernetes.io/docs/concepts/security/secrets-good-practices/#avoid-sharing-secret-manifests",
  check: (stack) =>
    stack.ofKind("Secret").flatMap((object) => {
      if (object.source === undefined) return [];
      const type = text(at(object.content, "type")) ?? "Opaque";
      return entriesOf(object.content)
        .filter((entry) => isCredential(type, entry))
        .map(({ field, path, key }) => ({
          object,
          path,
          problem: `the manifest holds the value of ${key}${field === "data" ? ", merely encoded" : ""}`,
          fix: "Change it, and have the new one generated or brought by a store of secrets (External Secrets, Sealed Secrets, SOPS)",
        }));
    }),
});

/** Types all of whose values are credentials; of others it depends on the entry. */
const alwaysSecret = new Set([
  "kubernetes.io/dockercfg",
  "kubernetes.io/ssh-auth",
  "bootstrap.kubernetes.io/token",
]);

function isCredential(type: string, { key, value }: SecretEntry): boolean {
  if (tokenIn(value) !== undefined || hasLoginInUrl(value)) return true;
  if (type === "kubernetes.io/dockerconfigjson") return /"(?:auth|password)"\s*:\s*"[^"<${]/.test(value);
  if (isPlaceholder(value)) return false;
  if (alwaysSecret.has(type)) return true;
  const isValue = !value.trim().includes("\n");
  if (isValue && namesCredential(key) && isLiteralCredential("password", value)) return true;
  return credentialsIn(value).length > 0 || (isValue && isRandom(value.trim()));
}

/** Such as keys are: long, without spaces, of digits and letters of both cases. */
function isRandom(value: string): boolean {
  return /^[\w+/=.~-]{24,}$/.test(value) && [/[a-z]/, /[A-Z]/, /\d/].every((sort) => sort.test(value));
}
