import { tokenIn } from "../objects/credentials.ts";
import { openTexts } from "../objects/open-texts.ts";
import { objectRule } from "../rule.ts";

/** By the form alone, wherever it stands and whatever it is called. */
export const openTokens = objectRule({
  name: "open-tokens",
  severity: "mandatory",
  description:
    "Private keys, and tokens in the well-known forms of their issuers, are in no object but Secrets.",
  why: "Scanners of repositories and backups find such a key by its form, and whoever has it needs nothing else.",
  reference: "https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html",
  check: (object) =>
    openTexts(object).flatMap(({ path, field, text }) => {
      const what = tokenIn(text);
      if (what === undefined) return [];
      return [
        { path, problem: `${field} holds ${what}`, fix: "Revoke it, and mount a new one from a Secret" },
      ];
    }),
});
