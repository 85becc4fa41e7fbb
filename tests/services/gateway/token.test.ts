import fc from "fast-check";
import { decodeJwt, decodeProtectedHeader, SignJWT } from "jose";
import { describe, expect, test } from "vitest";
import { keyIdOf } from "../../../components/contract/key-id.ts";
import { type FailureReason, failureReasons } from "../../../services/gateway/auth/failure.ts";
import { signingKey } from "../../../services/gateway/auth/keys.ts";
import { callerOfToken, issueToken, leewaySeconds } from "../../../services/gateway/auth/token.ts";
import { credentials } from "./fixtures.ts";

const fixed = { seed: 20_260_101 };
const currentId = keyIdOf(credentials.jwtSecret);
const previousId = keyIdOf(credentials.previousJwtSecret ?? "");
const now = () => Math.floor(Date.now() / 1000);

interface Forgery {
  readonly header?: Record<string, unknown>;
  readonly claims?: Record<string, unknown>;
  readonly secret?: string;
}

/** A token that is right in all but what is given; undefined removes a claim. */
function forge({ header, claims, secret = credentials.jwtSecret }: Forgery = {}): Promise<string> {
  const right = {
    iss: "iot-verification",
    aud: "iot-verification",
    sub: "robot",
    iat: now(),
    exp: now() + 60,
    jti: "1",
  };
  const payload = JSON.parse(JSON.stringify({ ...right, ...claims }));
  return new SignJWT(payload)
    .setProtectedHeader({ alg: "HS256", typ: "JWT", kid: currentId, ...header })
    .sign(new TextEncoder().encode(secret));
}

const unsigned = (header: object, claims: object = {}) =>
  `${[header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".")}.`;

async function refusalOf(token: string): Promise<FailureReason | "accepted"> {
  try {
    await callerOfToken(token, credentials);
    return "accepted";
  } catch (error) {
    const { reason } = error as { reason?: FailureReason };
    if (reason === undefined || !(reason in failureReasons)) throw error;
    return reason;
  }
}

describe("a token that the gateway issues", () => {
  test("names its key, its caller and its times", async () => {
    const token = await issueToken({ caller: "robot", lifetimeSeconds: 600 }, credentials);
    expect(decodeProtectedHeader(token)).toEqual({ alg: "HS256", typ: "JWT", kid: previousId });
    const { iat = 0, exp = 0, jti, ...claims } = decodeJwt(token);
    expect(claims).toEqual({ iss: "iot-verification", aud: "iot-verification", sub: "robot" });
    expect(exp - iat).toBe(600);
    expect(jti).toMatch(/^[0-9a-f-]{36}$/);
    expect(await callerOfToken(token, credentials)).toBe("robot");
  });

  test("is signed with the key that the deployment names, if it is accepted", () => {
    const signedWith = (values: Partial<typeof credentials>) => signingKey({ ...credentials, ...values }).id;
    expect(signedWith({ signingKeyId: currentId })).toBe(currentId);
    expect(signedWith({ signingKeyId: previousId })).toBe(previousId);
    expect(signedWith({ signingKeyId: "0123456789abcdef" })).toBe(previousId);
    expect(signedWith({ signingKeyId: undefined })).toBe(previousId);
    expect(signedWith({ previousJwtSecret: undefined })).toBe(currentId);
  });

  test("is accepted by a pod that does not know the new key yet, and by one that knows it", async () => {
    const before = { ...credentials, jwtSecret: "a".repeat(43), previousJwtSecret: undefined };
    const after = { ...credentials, jwtSecret: "b".repeat(43), previousJwtSecret: "a".repeat(43) };
    const token = await issueToken({ caller: "robot", lifetimeSeconds: 60 }, after);
    expect(await callerOfToken(token, before)).toBe("robot");
    expect(await callerOfToken(token, after)).toBe("robot");
  });
});

describe("a token is refused", () => {
  test.each<[string, Forgery, FailureReason | "accepted"]>([
    ["nothing wrong", {}, "accepted"],
    ["the key before", { header: { kid: previousId }, secret: credentials.previousJwtSecret }, "accepted"],
    ["another key under a known id", { secret: "x".repeat(43) }, "bad-signature"],
    ["the other known key's id", { header: { kid: previousId } }, "bad-signature"],
    ["an unknown key id", { header: { kid: "0123456789abcdef" } }, "unknown-key"],
    ["no key id", { header: { kid: undefined } }, "unknown-key"],
    ["a key id of another type", { header: { kid: [currentId] } }, "unknown-key"],
    ["another algorithm", { header: { alg: "HS512" } }, "malformed"],
    ["an unknown critical header", { header: { crit: ["x"], x: 1 } }, "malformed"],
    ["expired", { claims: { exp: now() - leewaySeconds - 1 } }, "expired"],
    ["expired within the leeway", { claims: { exp: now() - leewaySeconds + 10 } }, "accepted"],
    ["issued too long ago", { claims: { iat: now() - 3600 - leewaySeconds - 1 } }, "expired"],
    ["issued in the future", { claims: { iat: now() + leewaySeconds + 10 } }, "not-yet-valid"],
    ["issued in the future within the leeway", { claims: { iat: now() + leewaySeconds - 10 } }, "accepted"],
    ["usable in the future", { claims: { nbf: now() + leewaySeconds + 10 } }, "not-yet-valid"],
    ["without expiry", { claims: { exp: undefined } }, "wrong-claims"],
    ["without time of issue", { claims: { iat: undefined } }, "wrong-claims"],
    ["a time that is no number", { claims: { exp: "tomorrow" } }, "wrong-claims"],
    ["without an id", { claims: { jti: undefined } }, "wrong-claims"],
    ["another issuer", { claims: { iss: "somebody" } }, "wrong-claims"],
    ["another audience", { claims: { aud: ["somebody"] } }, "wrong-claims"],
    ["no caller", { claims: { sub: undefined } }, "wrong-claims"],
    ["a caller with a newline", { claims: { sub: "robot\n" } }, "wrong-claims"],
    ["a caller that is no string", { claims: { sub: 7 } }, "wrong-claims"],
  ])("%s", async (_, forgery, expected) => {
    // jose refuses to make some of these, so they are put together by hand.
    const token = await forge(forgery).catch(() =>
      unsigned({ kid: currentId, ...forgery.header }, forgery.claims),
    );
    expect(await refusalOf(token)).toBe(expected);
  });

  test.each(["none", "None", "NONE", "", null, "HS384", "RS256"])("unsigned with alg %j", async (alg) => {
    const claims = {
      iss: "iot-verification",
      aud: "iot-verification",
      sub: "robot",
      iat: now(),
      exp: now() + 60,
    };
    expect(await refusalOf(unsigned({ alg, kid: currentId }, claims))).toBe("malformed");
  });

  test("huge", async () => {
    expect(await refusalOf(await forge({ claims: { padding: "x".repeat(4000) } }))).toBe("malformed");
  });

  test("cut short anywhere", async () => {
    const token = await forge();
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 1), async (length) => {
        expect(["malformed", "bad-signature"]).toContain(await refusalOf(token.slice(0, length)));
      }),
      fixed,
    );
  });

  test("changed anywhere", async () => {
    const token = await forge();
    const other = fc.constantFrom(..."ABCxyz019-_.=%");
    await fc.assert(
      fc.asyncProperty(fc.nat(token.length - 2), other, async (index, character) => {
        fc.pre(token[index] !== character);
        const changed = token.slice(0, index) + character + token.slice(index + 1);
        expect(["malformed", "bad-signature", "unknown-key"]).toContain(await refusalOf(changed));
      }),
      fixed,
    );
  });

  test("any text at all", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary", maxLength: 200 }), async (text) => {
        expect(await refusalOf(text)).toBe("malformed");
      }),
      fixed,
    );
  });
});
