import * as pulumi from "@pulumi/pulumi";
import { describe, expect, test } from "vitest";
import { createAlertmanager } from "../../components/observability/metrics/alertmanager.ts";
import {
  alertmanagerConfiguration,
  type Receivers,
} from "../../components/observability/metrics/alertmanager-configuration.ts";
import { metricsArgs } from "../../config/slices/metrics.ts";
import { accepted, problemsOf } from "./config-cases.ts";
import { record, secret } from "./mocks.ts";
import { platform } from "./platform.ts";
import { at } from "./shapes.ts";

const nobody: Receivers = { webhook: false, pagerduty: false, watchdog: false };

function configured(receivers: Partial<Receivers>) {
  return JSON.parse(alertmanagerConfiguration({ ...nobody, ...receivers })) as {
    route: { receiver: string; routes: { receiver?: string; matchers: string[]; continue?: boolean }[] };
    receivers: { name: string; [kind: string]: unknown }[];
    inhibit_rules: unknown[];
  };
}

/** Receivers that hear of an alert with these labels, by the rules of Alertmanager's routes. */
function heardBy(receivers: Partial<Receivers>, labels: Readonly<Record<string, string>>): string[] {
  const { route } = configured(receivers);
  const heard: string[] = [];
  for (const { matchers, receiver = route.receiver, continue: goesOn } of route.routes) {
    if (!matchers.every((matcher) => matches(matcher, labels))) continue;
    heard.push(receiver);
    if (!goesOn) return heard;
  }
  return heard.length > 0 ? heard : [route.receiver];
}

function matches(matcher: string, labels: Readonly<Record<string, string>>): boolean {
  const [, label = "", operator, value] = /^(\w+)(=~?)"(.*)"$/.exec(matcher) ?? [];
  const given = labels[label] ?? "";
  return operator === "=" ? given === value : new RegExp(`^(?:${value})$`).test(given);
}

describe("who hears of what", () => {
  const everybody = { webhook: true, pagerduty: true, watchdog: true };
  test.each([
    ["critical", everybody, ["pager", "people"]],
    ["warning", everybody, ["people"]],
    ["info", everybody, ["nobody"]],
    ["critical", { webhook: true }, ["people"]],
    ["critical", { pagerduty: true }, ["pager", "nobody"]],
    ["warning", { pagerduty: true }, ["nobody"]],
    ["critical", {}, ["nobody"]],
  ])("%s, where %o is configured: %o", (severity, receivers, expected) => {
    expect(heardBy(receivers, { alertname: "X", severity })).toEqual(expected);
  });

  test("the watchdog has a receiver of its own, and nobody else hears it", () => {
    expect(heardBy(everybody, { alertname: "Watchdog", severity: "info" })).toEqual(["watchdog"]);
    expect(heardBy({ webhook: true }, { alertname: "Watchdog", severity: "info" })).toEqual(["nobody"]);
  });
});

test("the watchdog is sent at every tick of its group", () => {
  const { routes } = configured({ watchdog: true }).route;
  const interval = { group_interval: "1m", repeat_interval: "50s" };
  expect(routes.find(({ receiver }) => receiver === "watchdog")).toMatchObject(interval);
});

test("receivers read their secrets from files", () => {
  const email = { to: ["a@test", "b@test"], from: "f@test", smarthost: "mail.test:587", username: "u" };
  const { receivers } = configured({
    webhook: true,
    pagerduty: true,
    watchdog: true,
    slack: { channel: "#c" },
    email,
  });
  expect(receivers.map(({ name }) => name)).toEqual(["nobody", "people", "pager", "watchdog"]);
  const directory = "/run/secrets/receivers";
  const mail = (to: string) => ({
    to,
    from: "f@test",
    smarthost: "mail.test:587",
    auth_username: "u",
    auth_password_file: `${directory}/email-password`,
  });
  expect(receivers[1]).toMatchObject({
    webhook_configs: [{ url_file: `${directory}/webhook-url` }],
    slack_configs: [{ api_url_file: `${directory}/slack-url`, channel: "#c" }],
    email_configs: [mail("a@test"), mail("b@test")],
  });
  expect(receivers[2]).toMatchObject({
    pagerduty_configs: [{ routing_key_file: `${directory}/pagerduty-routing-key` }],
  });
  expect(receivers[3]).toMatchObject({ webhook_configs: [{ url_file: `${directory}/watchdog-url` }] });
});

test("mail without a name to log in with names no password", () => {
  const email = { to: ["a@test"], from: "f@test", smarthost: "mail.test:587" };
  expect(JSON.stringify(configured({ email }).receivers)).not.toContain("auth_");
});

test("of one workload, what is worse hides what is less so", () => {
  const hides = (source: string, target: string) => ({
    source_matchers: [`severity="${source}"`, 'workload=~".+"'],
    target_matchers: [`severity=~"${target}"`, 'workload=~".+"'],
    equal: ["namespace", "workload"],
  });
  expect(configured({}).inhibit_rules).toEqual([hides("critical", "warning|info"), hides("warning", "info")]);
});

describe("from the configuration of a stack", () => {
  const secretKeys = ["alertWebhookUrl", "alertSlackUrl", "alertPagerdutyKey", "alertEmailPassword"];
  const argsOf = (values: Record<string, unknown>) =>
    metricsArgs(accepted(values, secretKeys), { platform: platform() }).alertmanager;

  test("nobody is told, unless somebody is configured", () => {
    expect(argsOf({})).toMatchObject({ receivers: nobody, secrets: {} });
  });

  test("a secret makes its receiver", () => {
    const { receivers, secrets } = argsOf({
      alertWebhookUrl: "https://hook.test/x",
      alertPagerdutyKey: "k".repeat(32),
    });
    expect(receivers).toMatchObject({ webhook: true, pagerduty: true, watchdog: false });
    expect(secrets).toEqual({ webhook: "https://hook.test/x", pagerduty: "k".repeat(32) });
  });

  test.each([
    [
      "receivers without a sender",
      { email: { to: ["a@b.test"], smarthost: "mail.test:587" } },
      "alerting.email.from",
      "is missing",
    ],
    [
      "receivers without a server",
      { email: { to: ["a@b.test"], from: "f@b.test" } },
      "alerting.email.smarthost",
      "is missing",
    ],
    [
      "a server without receivers",
      { email: { smarthost: "mail.test:587" } },
      "alerting.email.to",
      "at least one address",
    ],
    [
      "a channel without a webhook",
      { slack: { channel: "#c" } },
      "alertSlackUrl",
      "as alerting.slack.channel is set",
    ],
    [
      "a name without a password",
      { email: { to: ["a@b.test"], from: "f@b.test", smarthost: "mail.test:587", username: "u" } },
      "alertEmailPassword",
      "as alerting.email.username is set",
    ],
    [
      "a bound between buckets",
      { objectives: { latency: { seconds: 2 } } },
      "alerting.objectives.latency.seconds",
      "one of 0.005, ",
    ],
    [
      "a budget that no page can be for",
      { objectives: { verdicts: 0.9 } },
      "alerting.objectives.verdicts",
      "0.94 to 0.9999",
    ],
    [
      "runbooks with a slash at their end",
      { runbooks: "https://wiki.test/" },
      "alerting.runbooks",
      "without a slash",
    ],
  ])("%s is refused", (_, alerting, key, advice) => {
    expect(problemsOf({ alerting })).toEqual([
      expect.objectContaining({ key, advice: expect.stringContaining(advice) }),
    ]);
  });
});

describe("its objects", () => {
  const run = (secrets: Record<string, string>) =>
    record({
      program() {
        const parent = new pulumi.ComponentResource("test:Parent", "parent");
        const resources = { requests: { cpu: "1m", memory: "16Mi" }, limits: { cpu: "1m", memory: "16Mi" } };
        const args = {
          platform: platform(),
          place: { namespace: "place", clusterDomain: "cluster.test" },
          image: "registry.test/alertmanager:v1.0",
          resources,
          storage: { size: "1Gi" },
          receivers: { ...nobody, webhook: "webhook" in secrets },
          secrets,
        };
        createAlertmanager("alertmanager", args, parent);
        return {};
      },
    });

  test("hold the receivers' secrets as secrets, and mount them as files", async () => {
    const { recording } = await run({ webhook: "https://hook.test/x" });
    expect(recording.object("Secret", "alertmanager-receivers").inputs.stringData).toEqual(
      secret({ "webhook-url": "https://hook.test/x" }),
    );
    const pod = recording.object("StatefulSet", "alertmanager");
    expect(at(pod, "spec.template.spec.volumes")).toContainEqual({
      name: "receivers",
      secret: { secretName: "alertmanager-receivers", defaultMode: 0o440 },
    });
    expect(at(pod, "spec.template.spec.containers.0.args")).toContain("--cluster.listen-address=");
  });

  test("without a receiver there is no Secret", async () => {
    const { recording } = await run({});
    expect(recording.objects()).not.toContain("Secret alertmanager-receivers");
  });
});
