import { expect, test } from "vitest";
import { ruleFiles } from "../../../policies/wiring/rule-files.ts";
import { foundBy, messagesOf } from "../world.ts";
import { inFile, prometheus } from "./monitoring.ts";

const asks = (...rule_files: string[]) => prometheus({ rule_files });

test.each(["/etc/prometheus/alerts.yml", "alerts.yml", "*.yml", "al?rts.y*ml", "/etc/*/alerts.yml"])(
  "%s is mounted",
  (pattern) => {
    expect(foundBy(ruleFiles, asks(pattern))).toEqual([]);
  },
);

test.each(["rules/*.yml", "alerts.yaml", "/etc/prometheus/*/alerts.yml", "/alerts.yml"])(
  "%s is refused",
  (pattern) => {
    expect(foundBy(ruleFiles, asks("alerts.yml", pattern))).toEqual([inFile]);
  },
);

test("the message names the folder", () => {
  expect(messagesOf(ruleFiles, asks("rules/*.yml"))).toEqual([
    "rule_files has rules/*.yml, and nothing that is mounted at /etc/prometheus/rules matches it. Prometheus starts without them, and no alert is ever raised. Mount the rules there, or leave the entry out.",
  ]);
});

test("what the set does not show may have the files", () => {
  const pod = "Deployment/prometheus spec.template.spec";
  expect(foundBy(ruleFiles, asks("/prometheus/rules/*.yml"))).toEqual([]);
  expect(foundBy(ruleFiles, { ...asks("x.yml"), [`${pod}.volumes.0.configMap.name`]: "elsewhere" })).toEqual(
    [],
  );
  const single = {
    [`${pod}.containers.0.volumeMounts.0`]: {
      name: "configuration",
      mountPath: "/etc/prometheus/prometheus.yml",
      subPath: "prometheus.yml",
    },
  };
  expect(foundBy(ruleFiles, { ...asks("alerts.yml"), ...single })).toEqual([inFile]);
});

test("a file that is no YAML is Prometheus' own to report", () => {
  expect(
    foundBy(ruleFiles, { ...asks("x.yml"), "ConfigMap/prometheus data.prometheus~yml": "a: [" }),
  ).toEqual([]);
});
