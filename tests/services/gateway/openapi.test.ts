import { describe, expect, test } from "vitest";
import { createRig } from "./rig.ts";

type Json = { readonly [key: string]: unknown };

async function document(): Promise<Json> {
  const { app } = await createRig();
  return (await app.inject({ url: "/openapi.json" })).json();
}

/** Every value below a place, with its JSON Pointer. */
function* places(value: unknown, pointer = ""): Generator<[string, unknown]> {
  yield [pointer, value];
  if (typeof value !== "object" || value === null) return;
  for (const [key, child] of Object.entries(value))
    yield* places(child, `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly security?: unknown;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Json }>> };
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required: boolean }[];
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly headers?: Json;
        readonly content: Readonly<Record<string, { schema: Json }>>;
      }
    >
  >;
}

async function operations(): Promise<Map<string, Operation>> {
  const { paths } = (await document()) as { paths: Record<string, Record<string, Operation>> };
  return new Map(
    Object.entries(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => [`${method} ${path}`, operation] as const),
    ),
  );
}

describe("the OpenAPI document", () => {
  test("describes every public route, and nothing else", async () => {
    expect((await document()).openapi).toBe("3.1.1");
    expect([...(await operations()).keys()].sort()).toEqual([
      "get /v1/standards",
      "get /v1/standards/{id}",
      "get /v1/verifications",
      "get /v1/verifications/{id}",
      "get /v1/verifications/{id}/events",
      "post /v1/tokens",
      "post /v1/verifications",
    ]);
  });

  test("refers to nothing that is not there, and holds nothing that is not referred to", async () => {
    const all = new Map(places(await document()));
    const references = [...all].flatMap(([pointer, value]) =>
      pointer.endsWith("/$ref") ? [String(value)] : [],
    );
    expect(references.length).toBeGreaterThan(10);
    expect(references.filter((reference) => !all.has(reference.replace(/^#/, "")))).toEqual([]);
    const names = [...all.keys()].flatMap(
      (pointer) => /^\/components\/schemas\/([^/]+)$/.exec(pointer)?.[1] ?? [],
    );
    expect(names.filter((name) => !references.includes(`#/components/schemas/${name}`))).toEqual([]);
    expect(names).toEqual(
      expect.arrayContaining(["Verification", "Result", "ProblemDetails", "SubmissionInput"]),
    );
  });

  test("has ids, parameters, and for each answer a description, a schema and its media type", async () => {
    const all = await operations();
    expect(new Set([...all.values()].map(({ operationId }) => operationId)).size).toBe(all.size);
    for (const [route, { summary, parameters = [], responses, requestBody }] of all) {
      expect(summary).toMatch(/\S/);
      const inPath = parameters.filter((parameter) => parameter.in === "path").map(({ name }) => name);
      expect(inPath).toEqual([...route.matchAll(/\{(\w+)\}/g)].map(([, name]) => name));
      expect(requestBody === undefined).toBe(route.startsWith("get"));
      for (const [status, { description, content }] of Object.entries(responses)) {
        expect(description, `${route} ${status}`).not.toBe("Default Response");
        const [[mediaType, media] = ["", undefined]] = Object.entries(content);
        expect(mediaType, `${route} ${status}`).toMatch(
          Number(status) >= 400 ? /^application\/problem\+json$/ : /^(application\/json|text\/event-stream)$/,
        );
        expect(media?.schema).toEqual({ $ref: expect.stringMatching(/^#\/components\/schemas\//) });
      }
    }
  });

  test("names the problems of a submission, with the header fields that go with them", async () => {
    const responses: Operation["responses"] =
      (await operations()).get("post /v1/verifications")?.responses ?? {};
    expect(Object.keys(responses).sort()).toEqual(
      ["200", "202", "400", "401", "408", "413", "415", "422", "429", "500", "503"].sort(),
    );
    expect(responses["422"]?.description).toMatch(
      /`invalid-request`.*`unknown-standard`.*`unknown-property`/,
    );
    expect(responses["429"]?.description).toMatch(/`rate-limited`.*`queue-full`/);
    expect(Object.keys(responses["429"]?.headers ?? {})).toContain("Retry-After");
    for (const status of ["200", "202"])
      expect(Object.keys(responses[status]?.headers ?? {})).toContain("Location");
    expect(Object.keys(responses["401"]?.headers ?? {})).toEqual(["WWW-Authenticate"]);
  });

  test("lists summaries: verifications with their verdicts instead of their results", async () => {
    const { components } = (await document()) as { components: { schemas: Record<string, Json> } };
    const { Verification, VerificationSummary, VerificationPage } = components.schemas;
    const fieldsOf = (schema: Json | undefined) => Object.keys(schema?.properties ?? {});
    expect(VerificationPage).toMatchObject({
      properties: { items: { items: { $ref: "#/components/schemas/VerificationSummary" } } },
    });
    expect(fieldsOf(VerificationSummary)).toEqual([
      ...fieldsOf(Verification).filter((name) => name !== "result"),
      "verdict",
    ]);
    const list = (await operations()).get("get /v1/verifications");
    expect(list?.parameters?.find(({ name }) => name === "limit")).toMatchObject({
      required: false,
      schema: { type: "integer", minimum: 1, maximum: 100, default: 20 },
    });
  });

  test("holds the schema that validates, with an example that is accepted", async () => {
    const { components } = (await document()) as { components: { schemas: Record<string, Json> } };
    const schema = components.schemas.SubmissionInput as { oneOf: Json[]; examples: Json[] };
    expect(schema.oneOf).toHaveLength(1);
    expect(schema.oneOf[0]).toMatchObject({
      type: "object",
      properties: { standard: { const: "tsn" }, property: { enum: ["schedulable", "bounded"] } },
      required: ["standard", "property", "model"],
      additionalProperties: false,
    });
    const { call } = await createRig();
    expect((await call("POST", "/v1/verifications", schema.examples[0])).statusCode).toBe(202);
  });

  test("says how to authenticate", async () => {
    const { security, components } = (await document()) as { security: unknown; components: Json };
    expect(security).toEqual([{ apiKey: [] }, { token: [] }]);
    expect(components.securitySchemes).toMatchObject({
      apiKey: { type: "apiKey", in: "header", name: "x-api-key" },
      token: { type: "http", scheme: "bearer", bearerFormat: "JWT" },
    });
    expect((await operations()).get("post /v1/tokens")?.security).toEqual([{ apiKey: [] }]);
  });
});
