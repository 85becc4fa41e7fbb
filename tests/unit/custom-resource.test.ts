import type { IPooler } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Pooler";
import { Pooler } from "@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Pooler";
import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { type Awaited, customResource } from "../../components/foundation/custom-resource.ts";
import { record } from "./mocks.ts";
import { expectValid } from "./models.ts";

async function pooler(awaits?: readonly Awaited[]) {
  const { recording } = await record({
    program() {
      customResource<IPooler>(
        "pooler",
        {
          apiVersion: "postgresql.cnpg.io/v1",
          kind: "Pooler",
          metadata: { name: "pooler", namespace: "place", annotations: { kept: "yes" } },
          spec: { cluster: { name: pulumi.output("platform") }, pgbouncer: { poolMode: "session" } },
          ...(awaits && { awaits }),
        },
        {},
      );
    },
  });
  return recording.object("Pooler", "pooler").inputs;
}

test("a custom resource is valid by the model of its kind", async () => {
  expectValid(Pooler, await pooler());
});

test("a value that its kind does not take is refused by the model", async () => {
  const wrong = {
    ...(await pooler()),
    spec: { cluster: { name: "platform" }, pgbouncer: { poolMode: "all" } },
  };
  expect(() => expectValid(Pooler, wrong)).toThrow(/poolMode must be equal to one of the allowed values/);
});

test.each([
  [undefined, undefined],
  [["condition=Ready"], "condition=Ready"],
  [
    ["condition=Ready", "jsonpath={.status.phase}=active"],
    '["condition=Ready","jsonpath={.status.phase}=active"]',
  ],
] as const)(
  "that awaits %j is said to the provider as %j, beside other annotations",
  async (awaits, said) => {
    expect((await pooler(awaits)).metadata).toMatchObject({
      annotations: { kept: "yes", ...(said && { "pulumi.com/waitFor": said }) },
    });
  },
);
