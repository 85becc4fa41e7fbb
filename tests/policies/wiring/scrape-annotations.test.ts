import { expect, test } from "vitest";
import { scrapeAnnotations } from "../../../policies/wiring/scrape-annotations.ts";
import { foundBy, messagesOf } from "../world.ts";
import { inFile, prometheus } from "./monitoring.ts";

const label = "__meta_kubernetes_pod_annotation_prometheus_io_scrape";
const job = (source = label, sd: object = {}, role = "pod") => ({
  job_name: source,
  kubernetes_sd_configs: [{ role, ...sd }],
  relabel_configs: [{ source_labels: [source], action: "keep", regex: true }],
});
const asks = (...scrape_configs: object[]) => prometheus({ scrape_configs });
const mark = (value: string) => ({
  "Deployment/web spec.template.metadata.annotations": { "prometheus.io/scrape": value },
});

test("a mark that a pod has is accepted", () => {
  expect(foundBy(scrapeAnnotations, { ...asks(job()), ...mark("true") })).toEqual([]);
});

test("a mark that no pod has is refused", () => {
  expect(foundBy(scrapeAnnotations, asks(job()))).toEqual([inFile]);
  expect(foundBy(scrapeAnnotations, { ...asks(job()), ...mark("false") })).toEqual([inFile]);
  const other = { "Deployment/web spec.template.metadata.annotations": { "prometheus.io/port": "true" } };
  expect(foundBy(scrapeAnnotations, { ...asks(job()), ...other })).toEqual([inFile]);
  expect(messagesOf(scrapeAnnotations, asks(job()))[0]).toMatch(
    /keeps what has annotation prometheus_io_scrape, and no pod of the set has it\./,
  );
});

test("marks of Services, and labels, are judged too", () => {
  const service = job("__meta_kubernetes_service_label_app_kubernetes_io_name", {}, "service");
  const regex = (value: string) => ({
    ...service,
    relabel_configs: [{ ...service.relabel_configs[0], regex: value }],
  });
  expect(foundBy(scrapeAnnotations, asks(regex("web|api")))).toEqual([]);
  expect(foundBy(scrapeAnnotations, asks(regex("we")))).toEqual([inFile]);
});

test("a job for what may be marked one day waits beside one that finds something", () => {
  const slow = job("__meta_kubernetes_pod_annotation_prometheus_io_scrape_slow");
  expect(foundBy(scrapeAnnotations, { ...asks(job(), slow), ...mark("true") })).toEqual([]);
  expect(foundBy(scrapeAnnotations, asks(job(), slow))).toEqual([inFile, inFile]);
});

test.each([
  ["a namespace that is not in the set", job(label, { namespaces: { names: ["other"] } })],
  [
    "what it drops",
    { ...job(), relabel_configs: [{ source_labels: [label], action: "drop", regex: "true" }] },
  ],
])("nothing is said of %s", (_, one) => {
  expect(foundBy(scrapeAnnotations, asks(one))).toEqual([]);
});
