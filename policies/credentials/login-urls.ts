import { hasLoginInUrl } from "../objects/credentials.ts";
import { openTexts } from "../objects/open-texts.ts";
import { objectRule } from "../rule.ts";

/** By the form alone, wherever it stands; what is called a password is for the rules about single places. */
export const loginUrls = objectRule({
  name: "login-urls",
  severity: "mandatory",
  description: "No connection string outside of Secrets holds a password.",
  why: "Who may read manifests or the object, who are more than may read Secrets, can log in with it.",
  reference: "https://kubernetes.io/docs/concepts/configuration/secret/#information-security-for-secrets",
  check: (object) =>
    openTexts(object)
      .filter(({ text }) => hasLoginInUrl(text))
      .map(({ path, field }) => ({
        path,
        problem: `${field} holds a connection string with its password`,
        fix: "Keep the whole string in a Secret that is mounted, or leave the password out of it and give it by a file",
      })),
});
