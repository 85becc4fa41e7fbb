import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { type StandardId, standards } from "../../components/contract/standards.ts";
import {
  type Credential,
  type CredentialId,
  credentialIds,
} from "../../components/foundation/credentials.ts";
import { Observability } from "../../components/observability/index.ts";
import { Logging } from "../../components/observability/logging/index.ts";
import { observabilityArgs } from "../../config/slices/observability.ts";
import { loggingArgs } from "./logging-fixtures.ts";
import { record, secret } from "./mocks.ts";
import { credential, defaults, mounted, platform } from "./platform.ts";
import { labels } from "./shapes.ts";

function observability(workloads: readonly pulumi.Output<string>[]) {
  return record({
    program() {
      const token = credential("token", "the-value-before");
      const tier = new Observability("observability", { ...parts(), token, workloads });
      return { secret: tier.secret };
    },
  });
}

/** What the tier is made of by the defaults; other tests look into it. */
function parts() {
  const login = { secret: pulumi.output("login"), revision: pulumi.output("1") };
  const service = { endpoint: pulumi.output(""), credential: mounted("database"), monitoring: login };
  const foundation = { platform: platform(), credentials: everyCredential };
  const { tracing, exporters, metrics, dashboards, logging } = observabilityArgs(defaults, foundation, {
    logging: new Logging("logging", loggingArgs()),
    data: { database: service, cache: service },
    verification: { urls },
    gateway: { url: pulumi.output("") },
  });
  return { platform: platform(), tracing, exporters, metrics, dashboards, logging };
}

const urls = Object.fromEntries(standards.map(({ id }) => [id, pulumi.output("")])) as Record<
  StandardId,
  pulumi.Output<string>
>;

const everyCredential = Object.fromEntries(
  credentialIds.map((id) => [id, credential(`${id}-value`)]),
) as Record<CredentialId, Credential>;

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
