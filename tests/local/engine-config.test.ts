import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { mergeStackConfig, parseStackConfig } from "../../local/engine/stack-config.ts";

type Config = Record<string, unknown>;

function merge(args: { base?: Config; tracked: Config; copy?: Config; salt?: string; set?: Config }) {
  const file = (config: Config | undefined, rest: Config = {}) => config && { ...rest, config };
  const { text, unreadable } = mergeStackConfig({
    base: file(args.base),
    tracked: { config: args.tracked },
    copy: file(args.copy, args.salt ? { encryptionsalt: args.salt } : {}),
    set: args.set ?? {},
  });
  return { ...(parse(text) as { config: Config; encryptionsalt?: string }), unreadable };
}

describe("the local copy of a stack's configuration", () => {
  it("starts as the tracked file plus what is set", () => {
    const { config } = merge({ tracked: { "p:a": 1 }, set: { "kubernetes:context": "kwok" } });
    expect(config).toEqual({ "p:a": 1, "kubernetes:context": "kwok" });
  });

  it.each<[string, { base: Config; tracked: Config; copy: Config }, Config]>([
    [
      "takes a value changed in the tracked file",
      { base: { a: 1 }, tracked: { a: 2 }, copy: { a: 1 } },
      { a: 2 },
    ],
    ["takes it over one set in the copy", { base: { a: 1 }, tracked: { a: 2 }, copy: { a: 3 } }, { a: 2 }],
    ["keeps a value set in the copy", { base: { a: 1 }, tracked: { a: 1 }, copy: { a: 3 } }, { a: 3 }],
    [
      "keeps a key added to the copy",
      { base: { a: 1 }, tracked: { a: 1 }, copy: { a: 1, b: 2 } },
      { a: 1, b: 2 },
    ],
    ["takes a key added to the tracked file", { base: {}, tracked: { a: 1 }, copy: {} }, { a: 1 }],
    ["drops a key removed from the tracked file", { base: { a: 1 }, tracked: {}, copy: { a: 1 } }, {}],
    ["keeps a key removed from the copy away", { base: { a: 1 }, tracked: { a: 1 }, copy: {} }, {}],
    [
      "compares nested values whole",
      { base: { a: { x: [1] } }, tracked: { a: { x: [1] } }, copy: { a: { x: [2] } } },
      { a: { x: [2] } },
    ],
  ])("%s", (_, files, expected) => {
    expect(merge(files).config).toEqual(expected);
  });

  it("sets the cluster's context whatever the files say", () => {
    const { config } = merge({
      tracked: { "kubernetes:context": "theirs" },
      copy: { "kubernetes:context": "old" },
      set: { "kubernetes:context": "kwok" },
    });
    expect(config).toEqual({ "kubernetes:context": "kwok" });
  });

  it("keeps the copy's own salt and secrets", () => {
    const secret = { secure: "v1:abc" };
    const merged = merge({ base: {}, tracked: { a: 1 }, copy: { token: secret }, salt: "v1:salt" });
    expect(merged).toMatchObject({ encryptionsalt: "v1:salt", config: { a: 1, token: secret } });
  });

  it("leaves out secrets that another backend encrypted, and names them", () => {
    const tracked = { "p:password": { secure: "v1:theirs" }, "p:list": [{ secure: "v1:theirs" }], "p:a": 1 };
    const merged = merge({ tracked });
    expect(merged.config).toEqual({ "p:a": 1 });
    expect(merged.unreadable).toEqual(["p:password", "p:list"]);
  });

  it("no longer names them once they are set in the copy", () => {
    const tracked = { "p:password": { secure: "v1:theirs" } };
    const merged = merge({ base: tracked, tracked, copy: { "p:password": { secure: "v1:ours" } } });
    expect(merged.config).toEqual({ "p:password": { secure: "v1:ours" } });
    expect(merged.unreadable).toEqual([]);
  });

  it("drops the tracked file's salt and secrets provider", () => {
    const tracked = {
      encryptionsalt: "v1:theirs",
      secretsprovider: "awskms://key",
      encryptedkey: "abc",
      config: {},
    };
    expect(parse(mergeStackConfig({ tracked, set: {} }).text)).toEqual({ config: {} });
  });

  it("does not change when merged again", () => {
    const tracked = { config: { a: 1 } };
    const { text } = mergeStackConfig({ tracked, set: { c: 1 } });
    const again = { base: tracked, tracked, copy: parseStackConfig("copy", text), set: { c: 1 } };
    expect(mergeStackConfig(again).text).toBe(text);
  });

  it("is the tracked file again when it was lost", () => {
    expect(merge({ base: { a: 1, b: 2 }, tracked: { a: 1, b: 3 } }).config).toEqual({ a: 1, b: 3 });
  });

  it.each([
    ["- a\n", "/p/Pulumi.dev.yaml must be a YAML mapping of keys to values; it is a list"],
    [
      "config:\n  - a\n",
      '"config" of /p/Pulumi.dev.yaml must be a YAML mapping of keys to values; it is a list',
    ],
    ["config: {\n", "/p/Pulumi.dev.yaml is not YAML: "],
  ])("names the file that is broken: %j", (text, message) => {
    expect(() => parseStackConfig("/p/Pulumi.dev.yaml", text)).toThrow(message);
  });
});
