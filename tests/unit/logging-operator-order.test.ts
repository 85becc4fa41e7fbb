import { expect, test } from "vitest";
import { versionOf } from "../../components/observability/logging/operator.ts";
import { logging, loggingWith, withCredentials } from "./logging-fixtures.ts";
import { form, operated, secretOf, setupFiles } from "./logging-operated.ts";
import { gate, type Recording } from "./mocks.ts";
import { credential, revision } from "./platform.ts";
import { at } from "./shapes.ts";

test("without a store there are no snapshots", async () => {
  const { recording } = await logging({ ...operated, form: { ...form, snapshots: undefined } });
  const elasticsearch = recording.object("Elasticsearch", "elasticsearch");
  expect(elasticsearch.inputs.spec).not.toHaveProperty("secureSettings");
  expect(at(elasticsearch, "spec.nodeSets.0.podTemplate.spec")).not.toHaveProperty("initContainers");
  expect(Object.keys(setupFiles(recording))).not.toContain("snapshots.sh");
});

test("while the operator has not made Elasticsearch ready, none of its clients starts", async () => {
  const closed = gate(({ inputs }) => inputs.kind === "Elasticsearch");
  const { recording, outputs, settled } = await loggingWith(closed, operated);
  await settled();
  const early = recording.objects();
  expect(early).toContain("Elasticsearch elasticsearch");
  expect(early.filter((id) => /^(Kibana|Logstash|Job) |-credentials$/.test(id))).toEqual([]);
  // It waits for lines in their files.
  expect(early).toContain("Beat filebeat");
  closed.open();
  await outputs;
  expect(recording.objects()).toContain("Kibana kibana");
});

test("no program hears of its login before all nodes accept it", async () => {
  const closed = gate(({ inputs }) => inputs.kind === "Job");
  const { recording, outputs, settled } = await loggingWith(closed, operated);
  await settled();
  const told = recording.objects().filter((id) => id.endsWith("-credentials"));
  expect(told).toEqual(["Secret elasticsearch-setup-credentials"]);
  closed.open();
  await outputs;
});

test("a rotated login is another Job, and no other Elasticsearch", async () => {
  const [before, after] = [
    (await logging(operated)).recording,
    (
      await logging({
        ...operated,
        ...withCredentials({ jaeger: credential("new-password", "jaeger-password") }),
      })
    ).recording,
  ];
  const jobOf = (recording: Recording) => recording.ofKind("Job").map((job) => at(job, "metadata.name"));
  expect(jobOf(after)).not.toEqual(jobOf(before));
  expect(after.object("Elasticsearch", "elasticsearch").inputs).toEqual(
    before.object("Elasticsearch", "elasticsearch").inputs,
  );
  const { users = "" } = secretOf(after, "elasticsearch-users");
  expect(users).toContain(`jaeger-${revision("new-password")}:`);
  expect(users).toContain(`jaeger-${revision("jaeger-password")}:`);
});

test.each([
  ["docker.elastic.co/elasticsearch/elasticsearch:9.4.3", "9.4.3"],
  ["registry.test:5000/elasticsearch:9.4.3-mirror@sha256:0", "9.4.3"],
  ["registry.test:5000/elasticsearch@sha256:0", undefined],
  ["registry.test/elasticsearch:9.4", undefined],
])("the version of %s is %s", (image, version) => {
  expect(versionOf(image)).toBe(version);
});
