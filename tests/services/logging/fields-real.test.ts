import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { ensureProgram } from "../programs.ts";

const folder = new URL("../../../components/observability/logging/logstash/", import.meta.url);
const file = fileURLToPath(new URL("fields.rb", folder));

/** Plays Logstash: an event keeps what is set under the reference that it is set by. Prints it as JSON, by the language alone. */
const host = `
class Event
  attr_reader :set_fields, :tags
  def initialize(line) = (@line, @set_fields, @tags = line, {}, [])
  def get(_reference) = @line
  def set(reference, value) = @set_fields[reference] = value
  def tag(name) = @tags << name
end
def text(value)
  case value
  when Hash then "{#{value.map { |key, inner| "#{text(key)}:#{text(inner)}" }.join(",")}}"
  when Array then "[#{value.map { |inner| text(inner) }.join(",")}]"
  when String then value.dump
  when nil then "null"
  else value.to_s
  end
end
load ARGV.fetch(0)
event = Event.new(eval(STDIN.read))
filter(event)
puts text("fields" => event.set_fields.reject { |name, _| name == "[line]" }, "tags" => event.tags)
`;

let ruby: string;
beforeAll(async () => {
  ({ ruby } = await ensureProgram("ruby"));
});

/** What is searched of a line of a log. */
function fieldsOf(line: unknown): unknown {
  const { status, stdout, stderr } = spawnSync(ruby, ["--disable-gems", "-e", host, file], {
    input: literal(line),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

/** A value in the language of Ruby. */
function literal(value: unknown): string {
  if (value === null || value === undefined) return "nil";
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object") return JSON.stringify(value).replaceAll("#", "\\#");
  return `{${Object.entries(value)
    .map(([key, inner]) => `${literal(key)} => ${literal(inner)}`)
    .join(", ")}}`;
}

describe("the fields of a line", () => {
  test.each([
    {
      writer: "our services",
      line: {
        level: "error",
        time: "2026-01-02T03:04:05.678Z",
        service: "api-gateway",
        msg: "refused",
        status: 503,
        duration_ms: 1.5,
        err: { type: "TypeError", message: "no", stack: "at a" },
      },
      fields: {
        "[message]": "refused",
        "[@metadata][time]": "2026-01-02T03:04:05.678Z",
        "[log][level]": "error",
        "[service][name]": "api-gateway",
        "[http][response][status_code]": 503,
        "[http][response][duration_ms]": 1.5,
        "[error][type]": "TypeError",
        "[error][message]": "no",
        "[error][stack_trace]": "at a",
      },
    },
    {
      writer: "Prometheus and its exporters",
      line: { time: "2026-01-02T03:04:05.678Z", level: "ERROR", source: "main.go:1", msg: "failed" },
      fields: {
        "[message]": "failed",
        "[@metadata][time]": "2026-01-02T03:04:05.678Z",
        "[log][level]": "error",
      },
    },
    {
      writer: "Elasticsearch",
      line: { "@timestamp": "2026-01-02T03:04:05.678Z", "log.level": "WARN", message: "slow" },
      fields: {
        "[message]": "slow",
        "[@metadata][time]": "2026-01-02T03:04:05.678Z",
        "[log][level]": "warn",
      },
    },
    {
      writer: "Kibana",
      line: { "@timestamp": "2026-01-02T03:04:05.678Z", log: { level: "FATAL" }, message: "ended" },
      fields: {
        "[message]": "ended",
        "[@metadata][time]": "2026-01-02T03:04:05.678Z",
        "[log][level]": "fatal",
      },
    },
    {
      writer: "Logstash",
      line: { level: "ERROR", loggerName: "beats", timeMillis: 1, logEvent: { message: "refused" } },
      fields: { "[message]": "refused", "[log][level]": "error" },
    },
    {
      writer: "Filebeat, once a minute",
      line: {
        "log.level": "info",
        message: "Non-zero metrics in the last 1m0s",
        monitoring: {
          metrics: { processor: { rate_limit: { "1": { dropped: 41 }, "2": { dropped: 1 } } } },
        },
      },
      fields: {
        "[message]": "Non-zero metrics in the last 1m0s",
        "[log][level]": "info",
        "[filebeat][dropped]": 42,
      },
    },
  ])("of $writer", ({ line, fields }) => {
    expect(fieldsOf(line)).toEqual({ fields, tags: [] });
  });

  test("none is of another type than its field's, or longer", () => {
    const line = {
      level: 50,
      msg: "m".repeat(40_000),
      status: "503",
      verification: { id: 1 },
      logEvent: "text",
      monitoring: { metrics: { processor: { rate_limit: { "1": { dropped: "many" } } } } },
    };
    expect(fieldsOf(line)).toEqual({ fields: { "[message]": "m".repeat(32_768) }, tags: [] });
  });

  test("there are none where it is no object", () => {
    expect(fieldsOf(["a"])).toEqual({ fields: {}, tags: ["not_json"] });
  });
});

test.each([
  ["api-gateway-5d8f7c9b4-x7k2p", "api-gateway"],
  ["kube-state-metrics-6c9d7f8b5d-2xq4z", "kube-state-metrics"],
  ["object-storage-0", "object-storage"],
  ["filebeat-x7k2p", "filebeat"],
  ["elasticsearch-setup-14ee78f0-x7k2p", "elasticsearch-setup"],
  ["database-backup-29384756-x7k2p", "database-backup"],
])("a line of pod %s whose writer does not say its name is of %s", (pod, workload) => {
  const pipeline = readFileSync(new URL("pipeline.conf", folder), "utf8");
  expect(pipeline).toContain('copy => { "[kubernetes][pod][name]" => "[service][name]" }');
  const [, added] = /gsub => \["\[service\]\[name\]", "([^"]+)", ""\]/.exec(pipeline) ?? [];
  expect(pod.replaceAll(new RegExp(added ?? "", "g"), "")).toBe(workload);
});
