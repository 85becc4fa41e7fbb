import { type Place, placesAt, placesOf, type Scope } from "../objects/places.ts";
import { objectRule, type Violation } from "../rule.ts";

/** Fields that count something, or give a time in seconds, with the least that they may be. */
const counts: readonly (readonly [Scope, least: number, ...paths: string[]])[] = [
  [{ kinds: ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"] }, 0, "spec.replicas"],
  [
    { kinds: ["Deployment", "StatefulSet", "DaemonSet"] },
    0,
    "spec.minReadySeconds",
    "spec.revisionHistoryLimit",
    "spec.progressDeadlineSeconds",
  ],
  [{ kinds: ["HorizontalPodAutoscaler"] }, 1, "spec.minReplicas"],
  // That it is not below the minimum is another rule's.
  [{ kinds: ["HorizontalPodAutoscaler"] }, Number.NEGATIVE_INFINITY, "spec.maxReplicas"],
  [{ kinds: ["Job"] }, 0, ...jobFields("spec")],
  [
    { kinds: ["CronJob"] },
    0,
    "spec.startingDeadlineSeconds",
    "spec.successfulJobsHistoryLimit",
    "spec.failedJobsHistoryLimit",
    ...jobFields("spec.jobTemplate.spec"),
  ],
  ["pod", 1, "activeDeadlineSeconds"],
  ["pod", Number.NEGATIVE_INFINITY, "terminationGracePeriodSeconds"],
  [
    "container",
    0,
    ...["livenessProbe", "readinessProbe", "startupProbe"].flatMap((probe) =>
      ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"].map(
        (field) => `${probe}.${field}`,
      ),
    ),
  ],
];

function jobFields(path: string): string[] {
  return [
    "parallelism",
    "completions",
    "backoffLimit",
    "activeDeadlineSeconds",
    "ttlSecondsAfterFinished",
  ].map((field) => `${path}.${field}`);
}

/** Whether a number makes sense is a matter of other rules. */
export const wholeNumbers = objectRule({
  name: "whole-numbers",
  severity: "mandatory",
  description:
    "Numbers of pods, times and limits are whole numbers, without quotes, and none is below its least.",
  why: "The API server refuses the object.",
  reference:
    "https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/deployment-v1/#DeploymentSpec",
  check: (object) =>
    counts.flatMap(([scope, least, ...paths]) =>
      placesOf(object, scope)
        .flatMap((place) => paths.flatMap((path) => placesAt(place, path)))
        .flatMap((place) => problemOf(place, least)),
    ),
});

function problemOf({ path, value }: Place, least: number): Violation[] {
  const field = path.split(".").at(-1) ?? path;
  if (typeof value === "string")
    return [{ path, problem: `${field} is a text`, fix: "Write a number, without quotes" }];
  if (typeof value !== "number" || !Number.isInteger(value))
    return [{ path, problem: `${field} is no whole number`, fix: "Write one" }];
  return value >= least ? [] : [{ path, problem: `${field} is ${value}`, fix: `Write ${least} or more` }];
}
