import { expect, test } from "vitest";
import { lastingTokens } from "../../../policies/credentials/lasting-tokens.ts";
import { foundBy, messagesOf } from "../world.ts";

const secret = (type?: string) => ({
  "Secret/ci": { apiVersion: "v1", kind: "Secret", metadata: { name: "ci" }, type },
});

test("tokens end", () => {
  expect(foundBy(lastingTokens)).toEqual([]);
  const changes = secret("kubernetes.io/service-account-token");
  expect(foundBy(lastingTokens, changes)).toEqual(["Secret/ci type"]);
  expect(messagesOf(lastingTokens, changes)[0]).toMatch(
    /^the Secret holds a token of an account that does not end\. /,
  );
  expect(foundBy(lastingTokens, secret("kubernetes.io/tls"))).toEqual([]);
  expect(foundBy(lastingTokens, secret())).toEqual([]);
});
