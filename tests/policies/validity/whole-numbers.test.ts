import { describe, expect, test } from "vitest";
import { wholeNumbers } from "../../../policies/validity/whole-numbers.ts";
import { foundBy, messagesOf } from "../world.ts";

describe.each([
  ["Deployment/web spec.replicas", 0],
  ["StatefulSet/store spec.replicas", 0],
  ["Deployment/web spec.revisionHistoryLimit", 0],
  ["HorizontalPodAutoscaler/web spec.minReplicas", 1],
  ["CronJob/nightly spec.jobTemplate.spec.backoffLimit", 0],
  ["CronJob/nightly spec.failedJobsHistoryLimit", 0],
  ["Deployment/web spec.template.spec.activeDeadlineSeconds", 1],
  ["Deployment/web spec.template.spec.containers.0.livenessProbe.periodSeconds", 0],
] as const)("%s", (place, least) => {
  const found = [place.replace(/\.(\d+)(?=\.)/g, "[$1]")];

  test(`may be ${least}, and more`, () => {
    expect(foundBy(wholeNumbers, { [place]: least })).toEqual([]);
    expect(foundBy(wholeNumbers, { [place]: 7 })).toEqual([]);
    expect(foundBy(wholeNumbers, { [place]: "{{ .Values.number }}" })).toEqual([]);
  });

  test.each([least - 1, 1.5, "3", true])("may not be %j", (value) => {
    expect(foundBy(wholeNumbers, { [place]: value })).toEqual(found);
  });
});

test("what another rule compares is a number all the same", () => {
  const most = "HorizontalPodAutoscaler/web spec.maxReplicas";
  expect(foundBy(wholeNumbers, { [most]: 0 })).toEqual([]);
  expect(foundBy(wholeNumbers, { [most]: "6" })).toEqual([most]);
  expect(messagesOf(wholeNumbers, { [most]: "6" })).toEqual([
    "maxReplicas is a text. The API server refuses the object. Write a number, without quotes.",
  ]);
});
