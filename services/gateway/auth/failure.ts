/** Why a caller was not recognised. The ids count failures in the metrics; callers read the sentences. */
export const failureReasons = {
  missing: "Send an API key in the header X-API-Key, or a token in the header Authorization: Bearer TOKEN.",
  ambiguous: "Send either the header X-API-Key or the header Authorization, not both.",
  "unknown-api-key": "This API key is not, or no longer, accepted.",
  malformed:
    "The header Authorization does not hold a token that this API issues. Get one with POST /v1/tokens.",
  "unknown-key":
    "The token is signed with a key that is not, or no longer, accepted. Get a new one with POST /v1/tokens.",
  "bad-signature": "The token's signature does not fit its content. Get a new one with POST /v1/tokens.",
  "wrong-claims": "The token was not issued by this API, or not for it. Get one with POST /v1/tokens.",
  expired: "The token has expired. Get a new one with POST /v1/tokens.",
  "not-yet-valid": "The token is not valid yet: its time of issue, or of first use, is in the future.",
} as const;

/** The name of such a reason. */
export type FailureReason = keyof typeof failureReasons;

/** The caller was not recognised. */
export class AuthenticationFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason) {
    super(failureReasons[reason]);
    this.name = "AuthenticationFailure";
    this.reason = reason;
  }
}
