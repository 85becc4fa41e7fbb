import { describe, expect, test } from "vitest";
import { standards } from "../../components/contract/standards.ts";
import { type Asked, gate } from "./mocks.ts";
import { startProgram } from "./program.ts";

const own = ["api-gateway", ...standards.map(({ id }) => `${id}-verification`)];

/** Runs the program while what `holds` names does not become ready; returns the objects that are asked for. */
async function objectsWhileHeld(holds: (asked: Asked) => boolean) {
  const closed = gate(holds);
  const { recording, outputs, settled } = await startProgram({ gate: closed });
  await settled();
  const held = recording.objects();
  closed.open();
  await outputs;
  const { length } = recording.asked;
  expect(length).toBeGreaterThan(50);
  return { held, after: recording.objects().filter((object) => !held.includes(object)) };
}

function isObject(kind: string, name: string) {
  return ({ inputs }: Asked) => inputs.kind === kind && (inputs.metadata as { name: string }).name === name;
}

describe("while a server is not ready, its readers wait and nothing else does", () => {
  test.each([
    ["postgresql", "Secret database-credentials"],
    ["redis", "Secret redis-credentials"],
  ])("%s", async (server, readerSecret) => {
    const { after } = await objectsWhileHeld(isObject("StatefulSet", server));
    expect(after).toEqual([...own.map((name) => `Deployment ${name}`), readerSecret].sort());
  });
});

test("the databases do not wait for each other", async () => {
  const { held, after } = await objectsWhileHeld(({ inputs }) => inputs.kind === "StatefulSet");
  expect(held).toEqual(expect.arrayContaining(["StatefulSet postgresql", "StatefulSet redis"]));
  expect(after).toEqual(
    [
      ...own.map((name) => `Deployment ${name}`),
      "Secret database-credentials",
      "Secret redis-credentials",
    ].sort(),
  );
});

test("a database waits for its configuration, its password, its account and its governing Service", async () => {
  const needs = [
    isObject("ConfigMap", "postgresql-configuration"),
    isObject("Secret", "postgresql-server-credentials"),
    isObject("ServiceAccount", "postgresql"),
    isObject("Service", "postgresql-pods"),
  ];
  for (const need of needs) {
    const { held, after } = await objectsWhileHeld(need);
    expect(after).toContain("StatefulSet postgresql");
    expect(held).toContain("StatefulSet redis");
  }
});

test("a database does not wait for the Service of its clients", async () => {
  const { held } = await objectsWhileHeld(isObject("Service", "postgresql"));
  expect(held).toContain("StatefulSet postgresql");
});

test("the gateway and the verifiers do not wait for each other", async () => {
  const { after } = await objectsWhileHeld(({ inputs }) => inputs.kind === "Deployment");
  expect(after).toEqual([]);
});

test("workloads wait for the settings that they read", async () => {
  const { after } = await objectsWhileHeld(isObject("ConfigMap", "platform-settings"));
  expect(after).toEqual(own.map((name) => `Deployment ${name}`).sort());
});

test("only the gateway waits for its own credentials", async () => {
  const { after } = await objectsWhileHeld(isObject("Secret", "gateway-credentials"));
  expect(after).toEqual(["Deployment api-gateway"]);
});

test("everything waits for the namespace", async () => {
  const { held } = await objectsWhileHeld(isObject("Namespace", "iot-verification"));
  expect(held.filter((name) => !name.startsWith("undefined"))).toEqual(["Namespace iot-verification"]);
});

test("outputs come last: the program ends only when everything is ready", async () => {
  const closed = gate(isObject("Deployment", "wot-verification"));
  const { outputs, settled } = await startProgram({ gate: closed });
  let ended = false;
  const end = outputs.then(() => {
    ended = true;
  });
  await settled();
  expect(ended).toBe(false);
  closed.open();
  await end;
  expect(ended).toBe(true);
});
