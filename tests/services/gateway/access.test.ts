import { describe, expect, test } from "vitest";
import { keyIdOf } from "../../../components/contract/key-id.ts";
import type { CredentialValues } from "../../../services/gateway/auth/keys.ts";
import { failuresPerWindow } from "../../../services/gateway/rate-limits.ts";
import { credentials } from "./fixtures.ts";
import { createRig } from "./rig.ts";

const problem = (id: string) => `urn:iot-verification:problem:${id}`;
const url = "/v1/standards";

describe("who may call", () => {
  test("holders of the API key, or of the one before it", async () => {
    const { app } = await createRig();
    const statusFor = async (key: string) =>
      (await app.inject({ url, headers: { "x-api-key": key } })).statusCode;
    expect(await statusFor(credentials.apiKey)).toBe(200);
    expect(await statusFor(credentials.previousApiKey ?? "")).toBe(200);
    for (const key of ["", "undefined", `${credentials.apiKey}x`, credentials.jwtSecret])
      expect(await statusFor(key)).toBe(401);
  });

  test("holders of a token that the gateway issued", async () => {
    const { app, call } = await createRig();
    const issued = await call("POST", "/v1/tokens", { caller: "line-7", lifetimeSeconds: 60 });
    expect(issued.statusCode).toBe(200);
    expect(issued.json()).toEqual({ token: expect.any(String), tokenType: "Bearer", expiresInSeconds: 60 });
    const authorization = `Bearer ${issued.json().token}`;
    expect((await app.inject({ url, headers: { authorization } })).statusCode).toBe(200);
    const renewal = await app.inject({
      method: "POST",
      url: "/v1/tokens",
      headers: { authorization },
      payload: { caller: "line-7" },
    });
    expect(renewal.statusCode).toBe(403);
    expect(renewal.json().type).toBe(problem("api-key-required"));
  });

  test("a token is valid for an hour, or less", async () => {
    const { call } = await createRig();
    expect((await call("POST", "/v1/tokens", { caller: "a" })).json().expiresInSeconds).toBe(3600);
    for (const body of [
      { caller: "a", lifetimeSeconds: 3601 },
      { caller: "a", lifetimeSeconds: 0 },
      { caller: "a b" },
      { caller: "" },
      { caller: "x".repeat(65) },
      { caller: "a\n" },
      {},
    ])
      expect((await call("POST", "/v1/tokens", body)).statusCode).toBe(422);
  });

  test("a rotation in place takes effect at once", async () => {
    let values: CredentialValues = {
      ...credentials,
      previousApiKey: undefined,
      previousJwtSecret: undefined,
    };
    const { app, call } = await createRig({ credentials: () => values });
    const { token } = (await call("POST", "/v1/tokens", { caller: "a" })).json();
    const status = async (headers: Record<string, string>) => (await app.inject({ url, headers })).statusCode;
    const old: Record<string, string>[] = [
      { "x-api-key": credentials.apiKey },
      { authorization: `Bearer ${token}` },
    ];
    expect(await Promise.all(old.map(status))).toEqual([200, 200]);
    const renewed = { apiKey: "n".repeat(43), jwtSecret: "m".repeat(43) };
    values = {
      ...renewed,
      previousApiKey: credentials.apiKey,
      previousJwtSecret: credentials.jwtSecret,
      signingKeyId: keyIdOf(renewed.jwtSecret),
    };
    expect(await Promise.all(old.map(status))).toEqual([200, 200]);
    expect(await status({ "x-api-key": renewed.apiKey })).toBe(200);
    values = { ...values, previousApiKey: undefined, previousJwtSecret: undefined };
    expect(await Promise.all(old.map(status))).toEqual([401, 401]);
  });

  test.each<[string, Record<string, string>, string, string | undefined]>([
    ["nothing", {}, "missing", undefined],
    ["both", { "x-api-key": credentials.apiKey, authorization: "Bearer x" }, "ambiguous", "invalid_token"],
    ["a wrong key", { "x-api-key": "x" }, "unknown-api-key", "invalid_token"],
    ["another scheme", { authorization: "Basic eDp5" }, "malformed", "invalid_token"],
    ["no token", { authorization: "Bearer" }, "malformed", "invalid_token"],
    ["two tokens", { authorization: "Bearer a b" }, "malformed", "invalid_token"],
    ["no JWT", { authorization: "Bearer x" }, "malformed", "invalid_token"],
  ])("a caller with %s is told what to do, and counted", async (_, headers, reason, error) => {
    const { app, registry } = await createRig();
    const answer = await app.inject({ url, headers });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(answer.json()).toMatchObject({ type: problem("unauthenticated"), status: 401 });
    const challenge = String(answer.headers["www-authenticate"]);
    expect(challenge).toMatch(/^Bearer realm="iot-verification"/);
    expect(/error="([a-z_]+)"/.exec(challenge)?.[1]).toBe(error);
    expect(await registry.text()).toContain(`authentication_failures_total{reason="${reason}"} 1`);
  });

  test("a body is read of nobody else, and of nobody where there is no such route", async () => {
    const { app } = await createRig();
    const statusOf = async (path: string) =>
      (await app.inject({ method: "POST", url: path, payload: "x".repeat(100_000) })).statusCode;
    expect(
      await Promise.all(["/v1/verifications", "/v1/tokens", "/nothing", "/v1/standards"].map(statusOf)),
    ).toEqual([401, 401, 404, 405]);
  });

  test("everybody may probe and read the description", async () => {
    const { app } = await createRig();
    for (const path of ["/health", "/ready", "/openapi.json"])
      expect((await app.inject({ url: path })).statusCode).toBe(200);
  });

  test("logs hold neither keys nor tokens", async () => {
    const { app, call, lines } = await createRig();
    const { token } = (await call("POST", "/v1/tokens", { caller: "a" })).json();
    await app.inject({ url, headers: { authorization: `Bearer ${token}` } });
    await app.inject({ url, headers: { authorization: `Bearer ${token}x` } });
    const text = JSON.stringify(lines);
    expect(lines.length).toBeGreaterThan(2);
    expect(text).not.toContain(token);
    expect(text).not.toContain(credentials.apiKey);
  });
});

describe("how often", () => {
  test("each caller has a limit of its own, and is told what is left of it", async () => {
    const { app, call, registry } = await createRig({ limits: { requestsPerMinute: 3 } });
    const { token } = (await call("POST", "/v1/tokens", { caller: "a" })).json();
    const second = await call("GET", url);
    expect(second.headers["ratelimit-policy"]).toBe('"requests";q=3;w=60');
    expect(second.headers.ratelimit).toMatch(/^"requests";r=1;t=([1-9]|[1-5]\d|60)$/);
    expect((await call("GET", url)).statusCode).toBe(200);
    const refused = await call("GET", url);
    expect(refused.statusCode).toBe(429);
    expect(refused.json().type).toBe(problem("rate-limited"));
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.headers.ratelimit).toMatch(/^"requests";r=0;t=/);
    expect((await app.inject({ url, headers: { authorization: `Bearer ${token}` } })).statusCode).toBe(200);
    const other = { "x-api-key": credentials.previousApiKey ?? "" };
    expect((await app.inject({ url, headers: other })).statusCode).toBe(200);
    expect(await registry.text()).toContain("rate_limited_total 1");
  });

  test("an address that fails too often is not told why any more, but who has the key gets in from there", async () => {
    const { app, call } = await createRig();
    const fail = (remoteAddress: string) => app.inject({ url, remoteAddress, headers: { "x-api-key": "x" } });
    for (let count = 0; count < failuresPerWindow; count += 1)
      expect((await fail("10.0.0.1")).statusCode).toBe(401);
    const refused = await fail("10.0.0.1");
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect((await fail("10.0.0.2")).statusCode).toBe(401);
    const right = await app.inject({
      url,
      remoteAddress: "10.0.0.1",
      headers: { "x-api-key": credentials.apiKey },
    });
    expect(right.statusCode).toBe(200);
    expect((await call("GET", url)).statusCode).toBe(200);
  });

  test("addresses of one IPv6 network count together", async () => {
    const { app } = await createRig();
    const fail = (remoteAddress: string) => app.inject({ url, remoteAddress, headers: { "x-api-key": "x" } });
    for (let count = 0; count < failuresPerWindow; count += 1)
      await fail(`2001:db8:0:1::${count.toString(16)}`);
    expect((await fail("2001:db8:0:1:ffff:ffff:ffff:ffff")).statusCode).toBe(429);
    expect((await fail("2001:db8:0:2::1")).statusCode).toBe(401);
    expect((await fail("::ffff:10.0.0.3")).statusCode).toBe(401);
  });
});
