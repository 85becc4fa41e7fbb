import { describe, expect, test } from "vitest";
import { standards } from "../../components/contract/standards.ts";
import { type Asked, gate, objectName } from "./mocks.ts";
import { startProgram } from "./program.ts";

const migrations = "Job database-migrations";
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
  return ({ inputs }: Asked) => inputs.kind === kind && objectName(inputs) === name;
}

const deployments = own.map((name) => `Deployment ${name}`);
/** What callers and scrapers get once the workloads accept it. */
const published = ["Secret api-credentials", "Secret metrics-credentials"];

describe("while a server is not ready, its readers wait and nothing else does", () => {
  test.each([
    ["postgresql", ["Secret database-credentials", migrations]],
    ["redis", ["Secret redis-credentials"]],
  ])("%s", async (server, readers) => {
    const { after } = await objectsWhileHeld(isObject("StatefulSet", server));
    expect(after).toEqual([...deployments, ...published, ...readers].sort());
  });
});

test("the databases do not wait for each other", async () => {
  const { held, after } = await objectsWhileHeld(({ inputs }) => inputs.kind === "StatefulSet");
  expect(held).toEqual(expect.arrayContaining(["StatefulSet postgresql", "StatefulSet redis"]));
  expect(after).toEqual(
    [
      ...deployments,
      ...published,
      "Secret database-credentials",
      migrations,
      "Secret redis-credentials",
    ].sort(),
  );
});

describe("a server waits for what it needs, and the other one does not", () => {
  const needs = [
    ["ConfigMap", "-configuration"],
    ["Secret", "-accepted-credentials"],
    ["ServiceAccount", ""],
    ["Service", "-pods"],
  ] as const;

  test.each(
    needs.flatMap(([kind, suffix]) => [
      [`${kind} postgresql${suffix}`, "postgresql", "redis"],
      [`${kind} redis${suffix}`, "redis", "postgresql"],
    ]),
  )("%s", async (need, server, other) => {
    const [kind = "", name = ""] = need.split(" ");
    const { held, after } = await objectsWhileHeld(isObject(kind, name));
    expect(after).toContain(`StatefulSet ${server}`);
    expect(held).toContain(`StatefulSet ${other}`);
  });
});

test("a server never waits for the Secret of its readers, which it mounts", async () => {
  const { held } = await objectsWhileHeld(
    ({ inputs }) => inputs.kind === "Secret" && String(inputs.type).startsWith("servicebinding.io/"),
  );
  expect(held).toEqual(expect.arrayContaining(["StatefulSet postgresql", "StatefulSet redis"]));
});

test("a database does not wait for the Service of its clients", async () => {
  const { held } = await objectsWhileHeld(isObject("Service", "postgresql"));
  expect(held).toContain("StatefulSet postgresql");
});

test("the gateway and the verifiers wait for the schema of the database", async () => {
  const { after } = await objectsWhileHeld(isObject("Job", "database-migrations"));
  expect(after).toEqual([...deployments, ...published].sort());
});

test("the gateway and the verifiers do not wait for each other; what is published waits for them", async () => {
  const { after } = await objectsWhileHeld(({ inputs }) => inputs.kind === "Deployment");
  expect(after).toEqual(published);
});

describe("a credential is published once all that check it are available, and not before", () => {
  test("the key of the API: the gateway", async () => {
    const { after } = await objectsWhileHeld(isObject("Deployment", "api-gateway"));
    expect(after).toEqual(published);
  });

  test.each(standards.map(({ id }) => `${id}-verification`))(
    "the token of the metrics: every workload, %s included",
    async (verifier) => {
      const { after } = await objectsWhileHeld(isObject("Deployment", verifier));
      expect(after).toEqual(["Secret metrics-credentials"]);
    },
  );
});

test("workloads wait for the settings that they read", async () => {
  const { after } = await objectsWhileHeld(isObject("ConfigMap", "platform-settings"));
  expect(after).toEqual([...deployments, ...published, migrations].sort());
});

test("workloads wait for the tokens of their metrics", async () => {
  const { after } = await objectsWhileHeld(isObject("Secret", "metrics-tokens"));
  expect(after).toEqual([...deployments, ...published].sort());
});

test("only the gateway waits for what it has to accept", async () => {
  const { after } = await objectsWhileHeld(isObject("Secret", "api-gateway-accepted-credentials"));
  expect(after).toEqual(["Deployment api-gateway", ...published]);
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
