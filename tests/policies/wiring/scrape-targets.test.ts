import { expect, test } from "vitest";
import { scrapeTargets } from "../../../policies/wiring/scrape-targets.ts";
import { foundBy, messagesOf } from "../world.ts";
import { inFile, prometheus } from "./monitoring.ts";

const job = (target: string, more: object = {}) =>
  prometheus({ scrape_configs: [{ job_name: "shop", static_configs: [{ targets: [target] }], ...more }] });

test.each([
  "web:80",
  "web.shop:80",
  "web.shop.svc:80",
  "web.shop.svc.cluster.local:80",
  "store:7000",
  "localhost:9090",
  "127.0.0.1:9090",
  "web",
])("%s is a target", (target) => {
  expect(foundBy(scrapeTargets, job(target))).toEqual([]);
});

test.each(["web:8080", "wbe:80", "web.shop.svc.cluster.local:9090", "wbe.shop.svc:80", "store:80"])(
  "%s is refused",
  (target) => {
    expect(foundBy(scrapeTargets, job(target))).toEqual([inFile]);
  },
);

test("messages name job, target and what there is", () => {
  expect(messagesOf(scrapeTargets, job("web:8080"))[0]).toMatch(
    /^job shop has target web:8080, and Service web has port 80 \(http\)\./,
  );
  expect(messagesOf(scrapeTargets, job("wbe:80"))[0]).toMatch(
    /^job shop has target wbe:80, and namespace shop has no Service wbe\./,
  );
});

test("alertmanagers are targets too", () => {
  const alerting = { alertmanagers: [{ static_configs: [{ targets: ["alertmanager:9093"] }] }] };
  expect(foundBy(scrapeTargets, prometheus({ alerting }))).toEqual([inFile]);
});

test.each(["metrics.example.com:80", "web.other:80", "web.other.svc:80"])("%s may be anywhere", (target) => {
  expect(foundBy(scrapeTargets, job(target))).toEqual([]);
});

test("targets of an exporter that asks them are not Prometheus' own", () => {
  const relabel_configs = [{ target_label: "__address__", replacement: "web:80" }];
  expect(foundBy(scrapeTargets, job("wbe:80", { relabel_configs }))).toEqual([]);
});

test("a login in a target's URL is not repeated", () => {
  expect(messagesOf(scrapeTargets, job("http://shop:hunter2@wbe:80/metrics"))[0]).toMatch(
    /^job shop has target wbe:80, and namespace shop has no Service wbe\./,
  );
});
