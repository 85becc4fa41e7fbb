import { expect, test } from "vitest";
import { tellingProbes } from "../../../policies/probes/telling-probes.ts";
import { foundBy, messagesOf } from "../world.ts";

const place = (sort: string) => `StatefulSet/store spec.template.spec.containers.0.${sort}`;
const asking = (command: readonly string[], sort = "readinessProbe") => ({
  [place(sort)]: { exec: { command } },
});

test.each([
  [["pg_isready", "-U", "shop"], "pg_isready"],
  [["sh", "-c", "exec pg_isready -h localhost"], "pg_isready"],
  [["mysqladmin", "ping", "-h", "localhost"], "mysqladmin"],
])("%j says nothing of logins", (command, tool) => {
  expect(foundBy(tellingProbes)).toEqual([]);
  expect(foundBy(tellingProbes, asking(command))).toEqual([
    "StatefulSet/store spec.template.spec.containers[0].readinessProbe.exec.command",
  ]);
  expect(messagesOf(tellingProbes, asking(command))[0]).toMatch(
    `readiness probe of container store asks ${tool}, which is content when logins are refused (https://`,
  );
});

test("liveness may ask it, and who logs in says more", () => {
  expect(foundBy(tellingProbes, asking(["pg_isready"], "livenessProbe"))).toEqual([]);
  expect(foundBy(tellingProbes, asking(["psql", "-c", "select 1"]))).toEqual([]);
  expect(foundBy(tellingProbes, asking(["mysqladmin", "status"]))).toEqual([]);
});
