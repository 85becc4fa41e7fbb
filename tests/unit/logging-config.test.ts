import { expect, test } from "vitest";
import { logging } from "../../config/sections/logging.ts";

test("the sizes of production", () => {
  expect(logging.parse({})).toEqual({
    form: "embedded",
    external: { username: "elastic", copies: 1 },
    elasticsearch: {
      nodes: 3,
      memoryMaps: "avoided",
      snapshots: { store: "object-storage", schedule: "0 30 1 * * ?", days: 30 },
      resources: { requests: { cpu: "500m", memory: "4Gi" }, limits: { cpu: "2", memory: "4Gi" } },
      storage: { size: "50Gi" },
      logs: { days: 14, indexSize: "2Gi", indexDays: 1 },
      traces: { days: 7, indexSize: "2Gi", indexDays: 1 },
    },
    logstash: {
      replicas: 1,
      resources: { requests: { cpu: "250m", memory: "1Gi" }, limits: { cpu: "1", memory: "1536Mi" } },
      queueSize: "1Gi",
    },
    kibana: {
      replicas: 1,
      resources: { requests: { cpu: "250m", memory: "1536Mi" }, limits: { cpu: "1", memory: "2Gi" } },
    },
    filebeat: {
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu: "500m", memory: "300Mi" } },
      linesPerMinute: 30_000,
    },
  });
});

const memoryOf = (memory: string) => ({
  resources: { requests: { memory: "64Mi" }, limits: { memory } },
});

test.each([
  ["elasticsearch", "1279Mi", "at least 1280Mi: 768Mi are beside the Java heap of Elasticsearch"],
  ["logstash", "1023Mi", "at least 1Gi: half of it is the Java heap of Logstash"],
  ["kibana", "512Mi", "at least 1Gi: three fifths of it are the JavaScript heap of Kibana"],
  ["filebeat", "199Mi", "at least 200Mi: with less, Filebeat is ended when it catches up"],
])("%s does not get by with %s of memory", (key, memory, allowed) => {
  const { error } = logging.safeParse({ [key]: memoryOf(memory) });
  expect(error?.issues).toMatchObject([
    { path: [key, "resources", "limits", "memory"], params: { value: memory, allowed } },
  ]);
  const [, least = ""] = /at least (\w+)/.exec(allowed) ?? [];
  expect(logging.safeParse({ [key]: memoryOf(least) }).success).toBe(true);
});

test("a volume must hold some closed indices", () => {
  const sizes = (indexSize: string) => ({
    elasticsearch: {
      storage: { size: "4Gi" },
      logs: { indexSize },
      traces: { indexSize: "512Mi" },
    },
  });
  expect(logging.safeParse(sizes("512Mi")).success).toBe(true);
  expect(logging.safeParse(sizes("513Mi")).error?.issues).toMatchObject([
    {
      path: ["elasticsearch", "logs", "indexSize"],
      params: {
        value: "513Mi",
        allowed:
          "at most an eighth of storage.size, which is 4Gi (only a closed index can be deleted); or raise that",
        example: "512Mi",
      },
    },
  ]);
});

test.each([
  { elasticsearch: { logs: { days: 0 } } },
  { elasticsearch: { traces: { indexDays: 31 } } },
  { filebeat: { linesPerMinute: 59 } },
  { logstash: { queueSize: "1GB" } },
  { form: "eck" },
  { elasticsearch: { nodes: 2 } },
  { elasticsearch: { snapshots: { schedule: "daily" } } },
  { external: { url: "http://elasticsearch.test" } },
  { external: { url: "https://user:password@elasticsearch.test" } },
  { external: { authority: "ca.crt" } },
])("refuses %j", (value) => {
  expect(logging.safeParse(value).success).toBe(false);
});
