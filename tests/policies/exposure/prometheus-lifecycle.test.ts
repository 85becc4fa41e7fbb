import { expect, test } from "vitest";
import { prometheusLifecycle } from "../../../policies/exposure/prometheus-lifecycle.ts";
import { foundBy, messagesOf } from "../world.ts";

const container = "Deployment/web spec.template.spec.containers.0";
const prometheus = (...command: string[]) => ({
  [`${container}.image`]: "prom/prometheus:v3.7.0",
  [`${container}.command`]: ["prometheus", ...command],
});
const flag = "--web.enable-lifecycle";

test("nobody ends it over the network", () => {
  expect(foundBy(prometheusLifecycle)).toEqual([]);
  expect(foundBy(prometheusLifecycle, prometheus("--log.level=info"))).toEqual([]);
});

test("with the option, everybody may", () => {
  const found = ["Deployment/web spec.template.spec.containers[0].command[1]"];
  expect(foundBy(prometheusLifecycle, prometheus(flag))).toEqual(found);
  expect(foundBy(prometheusLifecycle, prometheus(`--log.level=info ${flag}`))).toEqual(found);
  expect(messagesOf(prometheusLifecycle, prometheus(flag))[0]).toMatch(
    /^container web lets everybody end it \(--web\.enable-lifecycle\)\. /,
  );
});

test("unless it asks for a login", () => {
  expect(
    foundBy(prometheusLifecycle, prometheus(flag, "--web.config.file=/etc/prometheus/web.yaml")),
  ).toEqual([]);
  expect(foundBy(prometheusLifecycle, prometheus(`${flag}=false`))).toEqual([]);
});
