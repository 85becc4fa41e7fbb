import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { Observability } from "../../components/observability/index.ts";
import { record, secret } from "./mocks.ts";
import { credential, platform } from "./platform.ts";
import { labels } from "./shapes.ts";

function observability(workloads: readonly pulumi.Output<string>[]) {
  return record({
    program() {
      const token = credential("token", "the-value-before");
      const tier = new Observability("observability", { platform: platform(), token, workloads });
      return { secret: tier.secret };
    },
  });
}

test("scrapers get the token, and not the one before it", async () => {
  const { recording, outputs } = await observability([pulumi.output("http://a"), pulumi.output("http://b")]);
  expect(outputs).toEqual({ secret: "metrics-credentials" });
  expect(recording.object("Secret", "metrics-credentials").inputs).toEqual({
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: "metrics-credentials",
      namespace: "place",
      labels: labels("metrics", "observability"),
    },
    stringData: secret({ token: "token" }),
  });
});

test("without workloads that check it, the token is there at once", async () => {
  const { recording } = await observability([]);
  expect(recording.object("Secret", "metrics-credentials").inputs.stringData).toEqual(
    secret({ token: "token" }),
  );
});
