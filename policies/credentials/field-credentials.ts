import { isLiteralCredential, namesCredential, wordsOf } from "../objects/credentials.ts";
import { isKind } from "../objects/kinds.ts";
import { openTexts } from "../objects/open-texts.ts";
import { podSpecOf } from "../objects/pods.ts";
import type { PlacedText } from "../objects/texts.ts";
import { objectRule } from "../rule.ts";

/** What is left beside variables, commands and ConfigMaps: annotations, labels, fields of custom resources. */
export const fieldCredentials = objectRule({
  name: "field-credentials",
  severity: "mandatory",
  description: "No annotation, label or field of a resource holds a credential.",
  why: "Whoever may list such objects reads it, and so does each controller and each log that reports them.",
  reference: "https://kubernetes.io/docs/concepts/security/secrets-good-practices/",
  check(object) {
    // The fields of containers, and the data of ConfigMaps, are other rules'.
    const pod = podSpecOf(object)?.path;
    const elsewhere = [pod && `${pod}.`, isKind(object, "ConfigMap") && "data"].filter(
      (path) => typeof path === "string",
    );
    return openTexts(object)
      .filter(({ path }) => !elsewhere.some((start) => start !== "" && path.startsWith(start)))
      .flatMap((place) => {
        if (isCopyOfSecret(place)) {
          const problem = `${place.field} repeats the values of the Secret`;
          return [{ path: place.path, problem, fix: "Remove the annotation, and apply with --server-side" }];
        }
        if (!isCredential(place)) return [];
        const problem = `${place.field} holds a credential in the open`;
        return [{ path: place.path, problem, fix: "Keep it in a Secret, and refer to that" }];
      });
  },
});

/** Names of fields that hold the credential itself; `secret` and `token` mostly name a Secret, or a key of one. */
const certain =
  /(?:^| )(?:password|passwd|passphrase|api key|api token|auth token|access token|bearer token|client secret|secret access key)$/;

function isCredential({ path, field, text }: PlacedText): boolean {
  const isMetadata = /(?:^|\.)metadata\.(?:annotations|labels)[.[]/.test(path);
  const isEntryOfList = /\[\d+\]$/.test(path);
  if (isEntryOfList || !(isMetadata || certain.test(wordsOf(field).join(" ")))) return false;
  return (
    namesCredential(field) && isLiteralCredential(field, text) && !(isMetadata ? false : isReference(text))
  );
}

/** `password: db-password` in a resource says what key of a Secret to use. */
function isReference(text: string): boolean {
  return /^[a-z][a-zA-Z._-]*$/.test(text) && namesCredential(text);
}

/** What kubectl apply writes; of a Secret, it holds the values. */
function isCopyOfSecret({ field, text }: PlacedText): boolean {
  return (
    field === "kubectl.kubernetes.io/last-applied-configuration" &&
    /"kind":\s*"Secret"/.test(text) &&
    /"(?:data|stringData)":\s*\{\s*"/.test(text)
  );
}
