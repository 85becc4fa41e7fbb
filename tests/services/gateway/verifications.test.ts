import { describe, expect, test } from "vitest";
import { proved, standard, submission } from "./fixtures.ts";
import { createRig } from "./rig.ts";

const problem = (id: string) => `urn:iot-verification:problem:${id}`;

describe("POST /v1/verifications", () => {
  test("answers a new submission with 202 and where it is, an equal one with 200", async () => {
    const { call, registry } = await createRig();
    const first = await call("POST", "/v1/verifications", submission());
    expect(first.statusCode).toBe(202);
    const verification = first.json();
    expect(verification).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      standard: "tsn",
      property: "bounded",
      status: "queued",
      submittedAt: expect.any(String),
      modelHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(first.headers.location).toBe(`/v1/verifications/${verification.id}`);
    const reordered = JSON.stringify({ model: submission().model, standard: "tsn", property: "bounded" });
    const again = await call("POST", "/v1/verifications", reordered, { "content-type": "application/json" });
    expect(again.statusCode).toBe(200);
    expect(again.json()).toEqual(verification);
    expect(again.headers.location).toBe(first.headers.location);
    const text = await registry.text();
    expect(text).toContain('verifications_submitted_total{standard="tsn",outcome="accepted"} 1');
    expect(text).toContain('verifications_submitted_total{standard="tsn",outcome="reused"} 1');
  });

  test("names every place that is wrong, as JSON Pointers", async () => {
    const { call } = await createRig();
    const model = { streams: [{ "name/id": 7, period: 0, x: 1 }, null], mode: { gap: "1" } };
    const answer = await call("POST", "/v1/verifications", { ...submission(), model, "a~b": 1 });
    expect(answer.statusCode).toBe(422);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    const { type, errors } = answer.json();
    expect(type).toBe(problem("invalid-request"));
    expect(errors.map(({ pointer }: { pointer: string }) => pointer).sort()).toEqual([
      "/a~0b",
      "/model/mode/gap",
      "/model/streams/0/name~1id",
      "/model/streams/0/period",
      "/model/streams/0/x",
      "/model/streams/1",
    ]);
  });

  test("names at most 100 places", async () => {
    const { call } = await createRig();
    const streams = Array.from({ length: 100 }, () => ({ period: 0 }));
    const answer = await call("POST", "/v1/verifications", { ...submission(), model: { streams } });
    expect(answer.json().errors).toHaveLength(100);
  });

  test.each([
    [{ standard: "tsnn" }, "unknown-standard", "/standard", 'It is "tsnn"; allowed now: tsn.'],
    [{ standard: "wot" }, "standard-unavailable", "/standard", 'It is "wot"; allowed now: tsn.'],
    [
      { property: "fast" },
      "unknown-property",
      "/property",
      'It is "fast"; allowed now: schedulable, bounded.',
    ],
  ])("says what there is instead of %j", async (change, id, pointer, detail) => {
    const { call } = await createRig();
    const answer = await call("POST", "/v1/verifications", { ...submission(), ...change });
    expect(answer.statusCode).toBe(422);
    expect(answer.json()).toMatchObject({ type: problem(id), errors: [{ pointer, detail }] });
  });

  test.each([[[]], ["x"], [null], [{}], [{ standard: 1, property: 2, model: 3 }], [{ standard: "tsn" }]])(
    "refuses the body %j",
    async (body) => {
      const { call } = await createRig();
      const answer = await call("POST", "/v1/verifications", JSON.stringify(body), {
        "content-type": "application/json",
      });
      expect(answer.statusCode).toBe(422);
      expect(answer.json()).toMatchObject({ type: problem("invalid-request") });
      expect(answer.json().errors.length).toBeGreaterThan(0);
    },
  );

  test("refuses when the queue is full, and says when to come again", async () => {
    const { call, registry } = await createRig({ limits: { maxQueued: 1 } });
    expect((await call("POST", "/v1/verifications", submission(1))).statusCode).toBe(202);
    const answer = await call("POST", "/v1/verifications", submission(2));
    expect(answer.statusCode).toBe(429);
    expect(answer.json().type).toBe(problem("queue-full"));
    expect(answer.headers["retry-after"]).toBe("15");
    expect((await call("POST", "/v1/verifications", submission(1))).statusCode).toBe(200);
    expect(await registry.text()).toContain(
      'verifications_submitted_total{standard="tsn",outcome="refused"} 1',
    );
  });

  test("answers 503 while the database is away, and 500 without details of what is not expected", async () => {
    const { call, failWith } = await createRig();
    failWith(Object.assign(new Error("connect ECONNREFUSED 10.0.0.1:5432"), { code: "ECONNREFUSED" }));
    const away = await call("POST", "/v1/verifications", submission());
    expect(away.statusCode).toBe(503);
    expect(away.json().type).toBe(problem("database-away"));
    expect(away.headers["retry-after"]).toBe("5");
    expect(away.body).not.toContain("10.0.0.1");
    failWith(new Error("column secret does not exist"));
    const broken = await call("GET", "/v1/verifications");
    expect(broken.statusCode).toBe(500);
    expect(broken.json().type).toBe(problem("internal-error"));
    expect(broken.body).not.toContain("secret");
    failWith();
    expect((await call("POST", "/v1/verifications", submission())).statusCode).toBe(202);
  });
});

describe("GET /v1/verifications", () => {
  test("shows one, with its result once it is finished", async () => {
    const { call, finish } = await createRig();
    const { id } = (await call("POST", "/v1/verifications", submission())).json();
    expect((await call("GET", `/v1/verifications/${id}`)).json()).toMatchObject({ id, status: "queued" });
    finish(id);
    const answer = await call("GET", `/v1/verifications/${id}`);
    expect(answer.json()).toMatchObject({ id, status: "finished", result: proved });
    expect(answer.headers["cache-control"]).toBe("no-store");
  });

  test("lists them, newest first, filtered, as many as asked for", async () => {
    const { call, finish } = await createRig();
    const ids: string[] = [];
    for (const period of [1, 2, 3])
      ids.push((await call("POST", "/v1/verifications", submission(period))).json().id);
    finish(ids[0] ?? "");
    const listed = async (query: string) =>
      (await call("GET", `/v1/verifications${query}`)).json().items.map(({ id }: { id: string }) => id);
    expect(await listed("")).toEqual([ids[2], ids[1], ids[0]]);
    expect(await listed("?limit=2&standard=tsn")).toEqual([ids[2], ids[1]]);
    expect(await listed("?status=finished")).toEqual([ids[0]]);
  });

  test("lists verdicts, not results", async () => {
    const { call, finish } = await createRig();
    const { id } = (await call("POST", "/v1/verifications", submission())).json();
    finish(id);
    const { result, ...shown } = (await call("GET", `/v1/verifications/${id}`)).json();
    expect(result).toEqual(proved);
    expect((await call("GET", "/v1/verifications")).json()).toEqual({
      items: [{ ...shown, verdict: "proved" }],
    });
  });

  test.each(["0", "101", "many", "1e1", "0x10", "1.0", "+1", "", "1&limit=2"])(
    "refuses ?limit=%s in words that say what is allowed",
    async (limit) => {
      const { call } = await createRig();
      const answer = await call("GET", `/v1/verifications?limit=${limit}`);
      expect(answer.statusCode).toBe(400);
      expect(answer.json().errors).toEqual([
        { pointer: "/limit", detail: "It is a whole number from 1 to 100 in decimal digits, given once." },
      ]);
    },
  );

  test.each([
    ["status=done", "/status"],
    ["standard=x", "/standard"],
    ["verdict=proved", "/verdict"],
    [`cursor=${"x".repeat(501)}`, "/cursor"],
  ])("refuses ?%.20s", async (query, pointer) => {
    const { call } = await createRig();
    const answer = await call("GET", `/v1/verifications?${query}`);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ type: problem("invalid-parameter"), errors: [{ pointer }] });
  });

  test("answers 404 for what is not there", async () => {
    const { call } = await createRig();
    const missing = await call("GET", "/v1/verifications/0198c0de-0000-7000-8000-000000000000");
    expect(missing.statusCode).toBe(404);
    expect(missing.json().type).toBe(problem("unknown-verification"));
    for (const id of ["1", "..%2f", "%00", "x".repeat(300)]) {
      const answer = await call("GET", `/v1/verifications/${id}`);
      expect(answer.statusCode).toBe(404);
      expect(answer.json().type).toBe(problem("not-found"));
    }
  });
});

describe("GET /v1/standards", () => {
  test("lists all of the platform's standards and which take submissions", async () => {
    const { call } = await createRig();
    const { items } = (await call("GET", "/v1/standards")).json();
    expect(items.map(({ id, available }: { id: string; available: boolean }) => [id, available])).toEqual([
      ["tsn", true],
      ["opcua", false],
      ["onem2m", false],
      ["wot", false],
      ["matter", false],
    ]);
  });

  test("gives all that a submission needs: its examples are accepted as they are", async () => {
    const { call } = await createRig();
    const tsn = (await call("GET", "/v1/standards/tsn")).json();
    expect(tsn).toMatchObject({ id: "tsn", available: true, properties: standard.properties });
    expect(tsn.modelSchema).toMatchObject({
      type: "object",
      required: ["streams"],
      additionalProperties: false,
    });
    expect(tsn.examples).toHaveLength(1);
    expect((await call("POST", "/v1/verifications", tsn.examples[0].submission)).statusCode).toBe(202);
    expect((await call("GET", "/v1/standards/wot")).json()).toEqual({
      id: "wot",
      title: "Web of Things",
      specification: "W3C WoT Thing Description 1.1",
      available: false,
      properties: [],
      examples: [],
    });
    expect((await call("GET", "/v1/standards/x")).statusCode).toBe(404);
  });
});
