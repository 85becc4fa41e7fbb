import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { acceptedEntries, contentOf } from "../../components/foundation/accepted.ts";
import { checksumOf, revisionWith } from "../../components/foundation/checksum.ts";
import {
  type CredentialId,
  type CredentialSource,
  Credentials,
  credentialIds,
} from "../../components/foundation/credentials.ts";
import { foundationArgs } from "../../config/slices/foundation.ts";
import { record, settledValue } from "./mocks.ts";
import { credential, defaults } from "./platform.ts";

const type = "random:index/randomPassword:RandomPassword";

/** The credentials of the defaults with other sources; each as its value and the one before, if any. */
async function credentials(changes: Partial<Record<CredentialId, Partial<CredentialSource>>> = {}) {
  const { recording, outputs } = await record({
    program() {
      const sources = { ...foundationArgs(defaults).credentials };
      for (const [id, change] of Object.entries(changes) as [CredentialId, Partial<CredentialSource>][])
        sources[id] = { ...sources[id], ...change };
      return new Credentials("keys", { sources }).credentials;
    },
  });
  const generated = recording.asked.filter((asked) => asked.type === type);
  return { generated, made: outputs as Record<CredentialId, { value: string; previous?: string }> };
}

describe("generated credentials", () => {
  test.each([
    ["revision-key", 43],
    ["database-1", 32],
    ["database-monitoring-1", 32],
    ["redis-1", 32],
    ["redis-monitoring-1", 32],
    ["jwt-secret-1", 64],
    ["api-key-1", 40],
    ["prometheus-token-1", 40],
    ["object-storage-1", 40],
    ["grafana-1", 32],
    ["elastic-1", 32],
    ["kibana-user-1", 32],
    ["logstash-user-1", 32],
    ["jaeger-user-1", 32],
    ["grafana-user-1", 32],
    ["elasticsearch-exporter-user-1", 32],
    ["kibana-encryption-1", 32],
  ])("%s has %i letters and digits", async (name, length) => {
    const { generated } = await credentials();
    const made = generated.find((asked) => asked.name === `keys-${name}`);
    // No keepers: a generation is a resource of its own, so that the one before it stays what it is.
    expect(made?.inputs).toEqual({ length, special: false });
    expect(generated).toHaveLength(credentialIds.length + 1);
  });

  test("at first have no value before them", async () => {
    const { made } = await credentials();
    expect(Object.keys(made)).toEqual([...credentialIds]);
    expect(Object.values(made).map((one) => Object.keys(one))).toEqual(credentialIds.map(() => ["value"]));
    expect(made.elasticsearchExporterUser).toEqual({ value: "generated-keys-elasticsearch-exporter-user-1" });
  });

  test("of another generation are other ones, alone, and the one before is kept", async () => {
    const first = await credentials();
    const { generated, made } = await credentials({ apiKey: { generation: 7 } });
    expect(made.apiKey).toEqual({
      value: "generated-keys-api-key-7",
      previous: "generated-keys-api-key-6",
    });
    expect(made.jwtSecret).toEqual({ value: "generated-keys-jwt-secret-1" });
    const others = first.generated.map(({ name }) => name).filter((name) => name !== "keys-api-key-1");
    expect(generated.map(({ name }) => name).sort()).toEqual(
      [...others, "keys-api-key-6", "keys-api-key-7"].sort(),
    );
  });

  test("come back when their generation does", async () => {
    const first = await credentials();
    const second = await credentials({ redis: { generation: 2 } });
    const back = await credentials({ redis: { generation: 1 } });
    expect(second.made.redis.previous).toBe(first.made.redis.value);
    expect(back.made).toEqual(first.made);
    // What generation 2 still has of generation 1 is the very resource, so that the engine keeps its value.
    const ofFirst = first.generated.find(({ name }) => name === "keys-redis-1");
    expect(second.generated).toContainEqual(ofFirst);
    expect(back.generated).toContainEqual(ofFirst);
  });
});

describe("given credentials", () => {
  const given = "chosen-by-somebody-else";

  test.each([
    ["after a generated one", { given }, { value: given, previous: "generated-keys-redis-1" }],
    [
      "after a later generated one",
      { given, generation: 4 },
      { value: given, previous: "generated-keys-redis-4" },
    ],
    ["after another given one", { given, givenPrevious: "former" }, { value: given, previous: "former" }],
    [
      "before a generated one",
      { givenPrevious: "former" },
      { value: "generated-keys-redis-1", previous: "former" },
    ],
    [
      "before a later generated one",
      { givenPrevious: "former", generation: 2 },
      { value: "generated-keys-redis-2", previous: "former" },
    ],
  ])("%s", async (_, source, expected) => {
    const { generated, made } = await credentials({ redis: source });
    expect(made.redis).toEqual(expected);
    const names = generated.map(({ name }) => name).filter((name) => /^keys-redis-\d+$/.test(name));
    const used = Object.values(expected).filter((value) => value.startsWith("generated-"));
    expect(names).toEqual(used.map((value) => value.replace("generated-", "")));
  });
});

test.each<[string, Partial<CredentialSource>]>([
  ["generated", { generation: 2 }],
  ["given", { given: "chosen-by-somebody-else", givenPrevious: "chosen-before-by-somebody-else" }],
])("credentials that are %s are secrets to Pulumi, and revisions of them are not", async (_, source) => {
  const { outputs } = await record({
    async program() {
      const one = { generation: 1, length: 32, ...source };
      const sources = Object.fromEntries(credentialIds.map((id) => [id, one])) as Record<
        CredentialId,
        typeof one
      >;
      const made = new Credentials("keys", { sources });
      const secrecy = Object.values(made.credentials).map(({ value, previous }) =>
        Promise.all(
          [value, previous ?? pulumi.output("none"), made.revisionOf(value)].map((output) =>
            pulumi.isSecret(output),
          ),
        ),
      );
      return { secrecy: await Promise.all(secrecy) };
    },
  });
  expect(outputs.secrecy).toEqual(Array(credentialIds.length).fill([true, true, false]));
});

describe("what is accepted", () => {
  async function values(entries: Record<string, pulumi.Output<string>>) {
    const pairs = Object.entries(entries).map(async ([key, value]) => [key, await settledValue(value)]);
    return Object.fromEntries(await Promise.all(pairs)) as Record<string, string>;
  }

  test("is each value, and the one before it under a name of its own", async () => {
    const entries = acceptedEntries({ one: credential("a"), two: credential("b", "c") });
    expect(await values(entries)).toEqual({ one: "a", two: "b", "previous-two": "c" });
    expect(acceptedEntries({})).toEqual({});
  });

  test("has one content, which differs when a value moves", async () => {
    const content = (entries: Record<string, string>) =>
      settledValue(
        contentOf(Object.fromEntries(Object.entries(entries).map(([k, v]) => [k, pulumi.output(v)]))),
      );
    const first = await content({ a: "1", b: "2" });
    expect(first).toBe('{"a":"1","b":"2"}');
    expect(await content({ a: "2", b: "1" })).not.toBe(first);
    expect(await content({ a: '1","b":"2' })).not.toBe(first);
  });
});

describe("revisions and checksums", () => {
  test("a revision depends on key and content, and is no secret", async () => {
    const revision = (key: string, content: string) =>
      settledValue(revisionWith(pulumi.secret(key))(pulumi.secret(content)));
    const first = await revision("key", "value");
    expect(first).toMatch(/^[0-9a-f]{12}$/);
    expect(await revision("key", "value")).toBe(first);
    expect(await revision("key", "value2")).not.toBe(first);
    expect(await revision("key2", "value")).not.toBe(first);
    expect(await pulumi.isSecret(revisionWith(pulumi.secret("key"))(pulumi.secret("value")))).toBe(false);
  });

  test("a checksum depends on keys and values, and not on their order", () => {
    const first = checksumOf({ a: "1", b: "2" });
    expect(first).toMatch(/^[0-9a-f]{16}$/);
    expect(checksumOf({ b: "2", a: "1" })).toBe(first);
    const others: Record<string, string>[] = [
      { a: "1", b: "3" },
      { a: "2", b: "1" },
      { a: "1" },
      { a: "12" },
      { a: "1", b: "2", c: "" },
      {},
    ];
    expect(new Set([first, ...others.map(checksumOf)]).size).toBe(7);
  });
});
