import { isKind } from "../objects/kinds.ts";
import { objectRule } from "../rule.ts";

/** Secrets that a controller fills with a token of an account. */
export const lastingTokens = objectRule({
  name: "lasting-tokens",
  severity: "advisory",
  description: "Tokens of accounts end by themselves: none is kept in a Secret.",
  why: "Such a token is valid until somebody deletes the Secret, wherever a copy of it has got to.",
  reference: "https://kubernetes.io/docs/concepts/configuration/secret/#serviceaccount-token-secrets",
  check(object) {
    if (!isKind(object, "Secret") || object.type !== "kubernetes.io/service-account-token") return [];
    const fix =
      "Mount a token by a projected volume (serviceAccountToken), or ask for one by the TokenRequest API";
    return [{ path: "type", problem: "the Secret holds a token of an account that does not end", fix }];
  },
});
