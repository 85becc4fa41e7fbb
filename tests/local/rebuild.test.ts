import { describe, expect, it } from "vitest";
import { root } from "../../local/paths.ts";
import { secretMark, withoutMarks } from "../../local/plugins/properties.ts";
import { composeState, managersOf, objectInputs, objectOutputs } from "../../local/rebuild/compose.ts";
import { findValues, generatedKinds, markedAnswer, markerOf } from "../../local/rebuild/generated.ts";
import { publishedTexts } from "../../local/rebuild/index.ts";
import { keyOf, type LiveObject, titleOf } from "../../local/rebuild/live.ts";
import { type Registered, rehearse } from "../../local/rebuild/rehearse.ts";
import { urnOf } from "../../local/rebuild/urns.ts";
import { readStackFile } from "../../local/render/stack-file.ts";

const secret = (value: unknown) => ({ ...secretMark, value });

function registered(given: Partial<Registered> & Pick<Registered, "urn">): Registered {
  return {
    type: "kubernetes:core/v1:ConfigMap",
    name: given.urn,
    custom: true,
    parent: undefined,
    provider: undefined,
    inputs: {},
    dependencies: [],
    propertyDependencies: {},
    additionalSecretOutputs: [],
    ignoreChanges: [],
    customTimeouts: {},
    protect: false,
    retainOnDelete: false,
    id: "id",
    outputs: {},
    ...given,
  };
}

function live(kind: string, rest: object = {}): LiveObject {
  return { apiVersion: "v1", kind, metadata: { name: "one" }, ...rest };
}

/** A value for a marker, of the form that it has in a Secret. */
function valueFor(urn: string, output: string): string {
  const text = Buffer.from(urn).toString("base64");
  return output.endsWith("Pem") ? `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n` : text;
}

describe("the program of a stack", () => {
  it.each(["dev", "prod"])(
    "publishes every value that it generates where it is found again: %s",
    async (stack) => {
      const { values, secretKeys } = readStackFile(root, stack);
      const draft = await rehearse({
        program: root,
        project: "iot-verification",
        stack,
        env: process.env,
        config: { ...values, "kubernetes:context": "test", "iot-verification:operatorCheck": "disabled" },
        secretKeys,
        answer: (registration) =>
          registration.type.startsWith("kubernetes:")
            ? { id: "id", outputs: registration.inputs }
            : markedAnswer(registration),
      });
      const secrets = draft.filter(({ type }) => type === "kubernetes:core/v1:Secret");
      const there = secrets.map(({ inputs }): [string, LiveObject] => {
        const texts = Object.entries(withoutMarks(inputs.stringData) as Record<string, string>);
        const data = texts.map(([entry, text]) => {
          const real = text.replace(/\{generated (\S+) (\S+)\}/g, (_, urn, output) => valueFor(urn, output));
          return [entry, Buffer.from(real).toString("base64")];
        });
        return [titleOf(keyOf(inputs)), live("Secret", { data: Object.fromEntries(data) })];
      });
      const found = findValues(publishedTexts(secrets, new Map(there)));
      const generated = draft.filter(({ type }) => (generatedKinds[type]?.published.length ?? 0) > 0);
      expect(generated.length).toBeGreaterThan(25);
      for (const { urn, type } of generated) {
        const expected = generatedKinds[type]?.published.map((output) => valueFor(urn, output));
        expect([urn, expected?.includes(found.get(urn) ?? "")]).toEqual([urn, true]);
      }
    },
  );
});

describe("a generated value", () => {
  const [a, b] = [markerOf("urn:a", "certPem"), markerOf("urn:b", "certPem")];
  const pem = (text: string) => `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;

  it.each([
    ["a whole entry", [{ marked: a, live: "value" }], [["urn:a", "value"]]],
    [
      "blocks of PEM",
      [{ marked: a + b, live: pem("1") + pem("2") }],
      [
        ["urn:a", pem("1")],
        ["urn:b", pem("2")],
      ],
    ],
    ["fewer blocks than markers", [{ marked: a + b, live: pem("1") }], []],
    ["a part of a text", [{ marked: `user:${a}`, live: "user:value" }], []],
    ["no marker", [{ marked: "text", live: "text" }], []],
    [
      "several entries",
      [
        { marked: a, live: "first" },
        { marked: a, live: "second" },
      ],
      [["urn:a", "first"]],
    ],
  ])("is found in %s", (_, published, expected) => {
    expect([...findValues(published)]).toEqual(expected);
  });
});

describe("a rebuilt state", () => {
  it("leaves out what is not there, and all that names it", () => {
    const [state, ...others] = composeState(
      [
        registered({ urn: "gone" }),
        registered({
          urn: "there",
          dependencies: ["gone", "x"],
          propertyDependencies: { spec: ["gone", "x"] },
        }),
        registered({ urn: "x" }),
      ],
      ({ urn }) => urn !== "gone",
    ).filter(({ urn }) => urn !== "x");
    expect(others).toEqual([]);
    expect(state).toMatchObject({ urn: "there", dependencies: ["x"], propertyDependencies: { spec: ["x"] } });
  });

  it("marks secrets of inputs and outputs for the CLI to encrypt", () => {
    const inputs = { length: 3, password: secret({ deep: secret("abc") }) };
    const resource = registered({
      urn: "one",
      inputs,
      outputs: { result: "abc" },
      additionalSecretOutputs: ["result"],
    });
    const [state] = composeState([resource], () => true);
    expect(state?.inputs).toEqual({ length: 3, password: { ...secretMark, plaintext: '{"deep":"abc"}' } });
    expect(state?.outputs).toEqual({ result: { ...secretMark, plaintext: '"abc"' } });
  });

  it("keeps options that outlive the program's run", () => {
    const options = {
      protect: true,
      retainOnDelete: true,
      customTimeouts: { create: 60 },
      ignoreChanges: ["spec.replicas"],
    };
    const [state] = composeState([registered({ urn: "one", ...options })], () => true);
    expect(state).toMatchObject(options);
  });

  it("has the text of a Secret as its data", () => {
    const inputs = { apiVersion: "v1", kind: "Secret", stringData: secret({ key: "abc" }) };
    expect(objectInputs({ inputs, ignoreChanges: [] }, undefined)).toEqual({
      apiVersion: "v1",
      kind: "Secret",
      data: secret({ key: "YWJj" }),
    });
  });

  it("has what is not changed any more as it is in the cluster, as far as the program names it", () => {
    const inputs = { kind: "StatefulSet", spec: { replicas: 1, templates: [{ size: "3Gi" }] } };
    const object = live("StatefulSet", {
      spec: { replicas: 2, templates: [{ size: "2Gi", mode: "Filesystem" }] },
    });
    expect(objectInputs({ inputs, ignoreChanges: ["spec.templates"] }, object)).toEqual({
      kind: "StatefulSet",
      spec: { replicas: 1, templates: [{ size: "2Gi" }] },
    });
    expect(objectInputs({ inputs, ignoreChanges: ["spec.absent.deep"] }, object)).toEqual(inputs);
  });

  it("goes on under the name that the provider applied an object with last", () => {
    const managedFields = [
      { manager: "pulumi-kubernetes-old", operation: "Apply", time: "2026-01-01T00:00:00Z" },
      { manager: "pulumi-kubernetes-new", operation: "Apply", time: "2026-01-02T00:00:00Z" },
      { manager: "kubectl", operation: "Update", time: "2026-01-03T00:00:00Z" },
    ];
    const object = live("ConfigMap", { metadata: { name: "one", managedFields } });
    expect(managersOf(object)).toEqual(["pulumi-kubernetes-new", "pulumi-kubernetes-old"]);
    expect(objectOutputs({ kind: "ConfigMap" }, object)).toEqual({
      ...object,
      __fieldManager: "pulumi-kubernetes-new",
      __initialApiVersion: "v1",
      __inputs: { kind: "ConfigMap" },
    });
  });
});

describe("a URN", () => {
  it("names the types of all parents but the stack", () => {
    const place = { project: "project", stack: "dev" };
    const parentOf = (type: string) => urnOf(place, { type, name: "p", parent: undefined });
    expect(urnOf(place, { type: "a:b:C", name: "n", parent: parentOf("x:y:Z") })).toBe(
      "urn:pulumi:dev::project::x:y:Z$a:b:C::n",
    );
    expect(urnOf(place, { type: "a:b:C", name: "n", parent: parentOf("pulumi:pulumi:Stack") })).toBe(
      "urn:pulumi:dev::project::a:b:C::n",
    );
  });
});
