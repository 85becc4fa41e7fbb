import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { renderedFiles, writeFiles } from "../../local/render/files.ts";
import type { RecordedResource } from "../../local/render/record.ts";
import { readStackFile, secretPlaceholder } from "../../local/render/stack-file.ts";
import { parse as parseConfig } from "./config-cases.ts";

function configMap(name: string, namespace?: string): RecordedResource {
  const metadata = namespace === undefined ? { name } : { name, namespace };
  return {
    type: "kubernetes:core/v1:ConfigMap",
    name: `logical-${name}`,
    inputs: { data: { b: "2", a: "1" }, metadata, kind: "ConfigMap", apiVersion: "v1" },
  };
}

describe("renderedFiles", () => {
  test("one file for each object, by namespace and kind, identity first", () => {
    const files = renderedFiles([configMap("two", "place"), configMap("one", "place")]);
    expect(files).toEqual([
      {
        path: "objects/place/ConfigMap.one.yaml",
        content: [
          "apiVersion: v1",
          "kind: ConfigMap",
          "metadata:",
          "  name: one",
          "  namespace: place",
          "data:",
          '  b: "2"',
          '  a: "1"',
          "",
        ].join("\n"),
      },
      { path: "objects/place/ConfigMap.two.yaml", content: expect.stringContaining("name: two") },
    ]);
  });

  test("objects of the whole cluster have a place of their own", () => {
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "place" } };
    const files = renderedFiles([{ type: "kubernetes:core/v1:Namespace", name: "n", inputs: namespace }]);
    expect(files.map(({ path }) => path)).toEqual(["objects/_cluster/Namespace.place.yaml"]);
    expect(parse(files[0]?.content ?? "")).toEqual(namespace);
  });

  test.each(["kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart"])(
    "%s is a chart, with its values",
    (type) => {
      const repositoryOpts = { repo: "https://charts.test" };
      const inputs = {
        chart: "c",
        version: "1.2.3",
        namespace: "place",
        repositoryOpts,
        values: { a: 1 },
        timeout: 5,
      };
      const files = renderedFiles([{ type, name: "monitoring", inputs }]);
      expect(files.map(({ path }) => path)).toEqual(["helm/monitoring.yaml"]);
      const { timeout: _, ...kept } = inputs;
      expect(parse(files[0]?.content ?? "")).toEqual(kept);
    },
  );

  test("what is no Kubernetes object has no file", () => {
    const others = ["pulumi:providers:kubernetes", "random:index/randomPassword:RandomPassword"];
    expect(renderedFiles(others.map((type) => ({ type, name: "x", inputs: {} })))).toEqual([]);
  });

  test("two resources that are one object are refused", () => {
    const resources = [configMap("same", "place"), { ...configMap("same", "place"), name: "second" }];
    expect(() => renderedFiles(resources)).toThrow(
      "two resources are the same object: objects/place/ConfigMap.same.yaml, the second is second",
    );
    expect(renderedFiles([configMap("same", "place"), configMap("same", "other")])).toHaveLength(2);
  });

  test("an object without a name of its own is refused", () => {
    const unnamed = {
      type: "kubernetes:core/v1:Pod",
      name: "auto",
      inputs: { apiVersion: "v1", kind: "Pod" },
    };
    expect(() => renderedFiles([unnamed])).toThrow("auto (kubernetes:core/v1:Pod) has no metadata.name");
  });

  test("long lines stay whole, and repeated parts are written out", () => {
    const shared = { text: `${"long ".repeat(60)}end` };
    const resource = {
      ...configMap("one", "place"),
      inputs: { ...configMap("one", "place").inputs, x: shared, y: shared },
    };
    const content = renderedFiles([resource])[0]?.content ?? "";
    expect(content.split("\n").filter((line) => line.includes(shared.text))).toHaveLength(2);
    expect(content).not.toMatch(/[&*]a1/);
  });
});

describe("with a directory", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "render-"));
  });
  afterEach(() => {
    rmSync(directory, { recursive: true });
  });

  describe("writeFiles", () => {
    const file = { path: "objects/place/ConfigMap.one.yaml", content: "a: 1\n" };

    const old = [
      { path: "objects/old/ConfigMap.old.yaml", content: "" },
      { path: "helm/old.yaml", content: "" },
    ];
    const everything = () => readdirSync(directory, { recursive: true, encoding: "utf8" }).sort();
    const put = (path: string) => {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), "mine");
    };

    test("replaces what an earlier rendering left, and nothing beside it", () => {
      put("notes.txt");
      put("more/values.yaml");
      writeFiles(directory, old);
      writeFiles(directory, [file]);
      expect(everything()).toEqual([
        ".rendered",
        "more",
        "more/values.yaml",
        "notes.txt",
        "objects",
        "objects/place",
        file.path,
      ]);
      expect(readFileSync(join(directory, file.path), "utf8")).toBe(file.content);
    });

    test("creates the directory", () => {
      writeFiles(join(directory, "not", "there"), [file]);
      expect(existsSync(join(directory, "not", "there", file.path))).toBe(true);
    });

    test.each(["objects/my.yaml", "helm/values.yaml", "objects/place/program.ts", file.path])(
      "refuses to replace or remove %s, which no rendering has left, and changes nothing",
      (foreign) => {
        for (const earlier of [undefined, old]) {
          if (earlier) {
            rmSync(join(directory, foreign));
            writeFiles(directory, earlier);
          }
          put(foreign);
          const before = everything();
          expect(() => writeFiles(directory, [file])).toThrow(
            `${join(directory, foreign)} is not from an earlier rendering`,
          );
          expect(everything()).toEqual(before);
          expect(readFileSync(join(directory, foreign), "utf8")).toBe("mine");
        }
      },
    );

    test("does not take a linked folder for its own", () => {
      put("elsewhere/my.yaml");
      mkdirSync(join(directory, "objects"));
      symlinkSync(join(directory, "elsewhere"), join(directory, "objects", "place"));
      expect(() => writeFiles(directory, [file])).toThrow("objects/place is not from an earlier rendering");
    });

    test("goes on after a rendering that was cut off", () => {
      writeFiles(directory, old);
      // It could not write its second file.
      const broken = [file, { path: `${file.path}/below`, content: "" }];
      expect(() => writeFiles(directory, broken)).toThrow();
      writeFiles(directory, [file]);
      expect(readFileSync(join(directory, ".rendered"), "utf8")).toBe(`${file.path}\n`);
    });

    test.runIf(process.platform === "linux")("gives up where no directory can be made", () => {
      expect(() => writeFiles("/proc/not/there", [file])).toThrow("/proc/not");
    });
  });

  describe("readStackFile", () => {
    function read(content: string) {
      writeFileSync(join(directory, "Pulumi.test.yaml"), content);
      return readStackFile(directory, "test");
    }

    test("hands text over as it is, and everything else as JSON", () => {
      const content = "config:\n  p:text: one\n  p:number: 2\n  p:flag: true\n  p:map:\n    a: [1, two]\n";
      expect(read(content)).toEqual({
        values: { "p:text": "one", "p:number": "2", "p:flag": "true", "p:map": '{"a":[1,"two"]}' },
        secretKeys: [],
      });
    });

    test("puts a placeholder for every encrypted value, at any depth, and marks its key as secret", () => {
      const content =
        "config:\n  p:key:\n    secure: v1:abc\n  p:map:\n    list:\n      - secure: v1:def\n      - plain\n";
      expect(read(content)).toEqual({
        values: {
          "p:key": secretPlaceholder,
          "p:map": JSON.stringify({ list: [secretPlaceholder, "plain"] }),
        },
        secretKeys: ["p:key", "p:map"],
      });
    });

    test("takes a map with more than `secure` for a map", () => {
      expect(read("config:\n  p:map:\n    secure: yes\n    other: 1\n")).toEqual({
        values: { "p:map": '{"secure":"yes","other":1}' },
        secretKeys: [],
      });
    });

    test.each(["config:\n", "{}", "encryptionsalt: v1:abc\n"])(
      "a file without configuration is empty: %j",
      (content) => {
        expect(read(content)).toEqual({ values: {}, secretKeys: [] });
      },
    );

    test.each([
      ["", /^\S+Pulumi\.test\.yaml must be a YAML mapping of keys to values; it is empty$/],
      ["- config: 1", /^\S+Pulumi\.test\.yaml must be a YAML mapping of keys to values; it is a list$/],
      ["text", /^\S+Pulumi\.test\.yaml must be a YAML mapping of keys to values; it is one value$/],
      ["config: [a]", /^"config" of \S+Pulumi\.test\.yaml must be .* it is a list$/],
      ["config:\n\tp:a: 1", /^\S+Pulumi\.test\.yaml is not YAML: .* at line 2/],
    ])("names the file that cannot be read, and says what is expected: %j", (content, message) => {
      expect(() => read(content)).toThrow(message);
    });

    test("names a file that is missing", () => {
      expect(() => readStackFile(directory, "none")).toThrow(
        `${join(directory, "Pulumi.none.yaml")} is missing`,
      );
    });
  });
});

test("the placeholder is long enough for every secret of the schema", () => {
  const keys = ["databasePassword", "redisPassword", "jwtSecret", "apiKey", "prometheusToken"];
  const values = Object.fromEntries(keys.map((key) => [key, secretPlaceholder]));
  expect(parseConfig(values, keys).problems).toBeUndefined();
});
