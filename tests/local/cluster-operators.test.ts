import { expect, test } from "vitest";
import { operators } from "../../components/contract/operators.ts";
import { loadDelays } from "../../local/cluster/delays.ts";
import { type Definition, operatorObjects, operatorStages } from "../../local/cluster/operators/index.ts";
import { runProgram } from "../unit/program.ts";

const { recording } = await runProgram({ stack: "prod" });
/** The custom resources of prod. */
const resources = recording.asked.filter(({ type }) =>
  /^kubernetes:[a-z0-9.-]+\.k8s\.elastic\.co\//.test(type),
);

function definition(apiVersion: string, kind: string): Definition {
  const [group = ""] = apiVersion.split("/");
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${kind.toLowerCase()}s.${group}` },
    spec: { group, names: { kind } },
  };
}

const definitions = resources.map(({ inputs }) => definition(String(inputs.apiVersion), String(inputs.kind)));
const { operators: delays } = loadDelays();

test("prod has resources of operators, and each is played after its delay", () => {
  const stages = operatorStages({ definitions, delays, scale: 0.1 });
  expect(stages.map(({ spec }) => [spec.resourceRef.kind, spec.delay?.durationMilliseconds]).sort()).toEqual([
    ["Beat", 1500],
    ["Elasticsearch", 7500],
    ["Kibana", 5000],
    ["Logstash", 4500],
  ]);
});

test.each(resources.map((asked) => [String(asked.inputs.kind), asked] as const))(
  "what is awaited of %s is what is played, at the version that is used",
  (kind, { inputs }) => {
    const [stage] = operatorStages({
      definitions: definitions.filter(({ spec }) => spec.names.kind === kind),
      delays,
      scale: 1,
    });
    expect(stage?.spec.resourceRef.apiGroup).toBe(inputs.apiVersion);
    const { annotations } = inputs.metadata as { annotations: Record<string, string> };
    const awaited = annotations["pulumi.com/waitFor"] ?? "";
    const all: string[] = awaited.startsWith("[") ? JSON.parse(awaited) : [awaited];
    const template = JSON.stringify(stage?.spec.steps);
    for (const one of all) {
      const condition = /^condition=(\w+)$/.exec(one)?.[1];
      expect(template).toContain(condition ? `- { type: ${condition}, status: \\"True\\"` : "health: green");
    }
    expect(all.length).toBeGreaterThan(0);
  },
);

test("a kind that nobody plays is refused, and named", () => {
  const unknown = definition("example.com/v1", "Thing");
  expect(() => operatorStages({ definitions: [unknown], delays, scale: 1 })).toThrow(
    "nothing plays the operator of things.example.com",
  );
});

test("the record names the operators that the stack needs, at the versions of the matrix", () => {
  const [, [record] = []] = operatorObjects({ ids: ["eck", "longhorn"], definitions });
  expect(record).toEqual({
    collection: "/api/v1/namespaces/iot-verification-cluster/configmaps",
    object: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "versions", namespace: "iot-verification-cluster" },
      data: { eck: operators.eck.version, longhorn: operators.longhorn.version },
    },
  });
});
