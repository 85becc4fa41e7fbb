import { expect, test } from "vitest";
import { failingProbes } from "../../../policies/probes/failing-probes.ts";
import { foundBy, messagesOf } from "../world.ts";

const readiness = "StatefulSet/store spec.template.spec.containers.0.readinessProbe";
const found = ["StatefulSet/store spec.template.spec.containers[0].readinessProbe.exec.command"];
const asking = (...command: string[]) => ({ [readiness]: { exec: { command } } });

test.each([
  [["true"], /readiness probe of container store always succeeds\. /],
  [["/bin/true"], /always succeeds/],
  [["sh", "-c", "exit 0"], /always succeeds/],
  [["echo", "ok"], /always succeeds/],
  [["/bin/bash", "-ec", "curl -f localhost/healthz || true"], /succeeds also when its command fails/],
  [
    ["redis-cli", "ping"],
    /redis-cli prints the error and ends well\. .* Compare what it prints with PONG, or give it -e\.$/,
  ],
  [["sh", "-c", "redis-cli -h 127.0.0.1 -a $PASSWORD ping"], /redis-cli/],
  [["/usr/local/bin/redis-cli", "-p", "6380", "PING"], /redis-cli/],
])("%j cannot fail", (command, words) => {
  expect(foundBy(failingProbes)).toEqual([]);
  expect(foundBy(failingProbes, asking(...command))).toEqual(found);
  expect(messagesOf(failingProbes, asking(...command))[0]).toMatch(words);
});

test.each([
  [["sh", "-c", "redis-cli ping | grep -q PONG"]],
  [["sh", "-c", '[ "$(redis-cli ping)" = PONG ]']],
  [["redis-cli", "-e", "ping"]],
  [["curl", "-f", "http://localhost/true"]],
  [["sh", "-c", "test -f /tmp/ready"]],
  [[]],
])("%j can", (command) => {
  expect(foundBy(failingProbes, asking(...command))).toEqual([]);
});
