import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readManifests } from "../../local/audit/manifests.ts";
import { criticalPath } from "../../local/bench/critical-path.ts";
import { loadDependencies, parseDependencies, withTrueDependencies } from "../../local/bench/dependencies.ts";
import type { Run } from "../../local/bench/measure.ts";
import { startUpSeconds } from "../../local/bench/start-up.ts";
import { parseState, type StateResource } from "../../local/bench/state.ts";
import { describeSummary, spread, summarize } from "../../local/bench/summary.ts";
import { type DelayTable, loadDelays } from "../../local/cluster/delays.ts";
import { root } from "../../local/paths.ts";
import type { KubernetesObject } from "../../policies/objects/object.ts";

const single = (seconds: number) => ({ seconds, source: "test" });
const byImage = (postgres: number, other: number) => [
  { image: "postgres", ...single(postgres) },
  { image: "*", ...single(other) },
];
const delays: DelayTable = {
  sandbox: single(1),
  attach: single(2),
  provision: single(4),
  pull: byImage(8, 16),
  container: single(0.5),
  answers: byImage(3, 1.5),
  init: byImage(32, 64),
  job: byImage(5, 7),
  stop: byImage(100, 100),
  operators: [{ kind: "Elasticsearch", ...single(70) }],
};

const service = { image: "example.org/x/service:1", readinessProbe: { periodSeconds: 5 } };
const deployment = (pod: object, spec: object = {}, metadata: object = {}) => ({
  type: "kubernetes:apps/v1:Deployment",
  inputs: { metadata, spec: { replicas: 2, template: { spec: pod }, ...spec } },
});
const secondsFor = (resource: { type: string; inputs: unknown }) => startUpSeconds(resource, delays);

describe("the start-up of a workload", () => {
  test("is sandbox, pull, container and the first probe that succeeds", () => {
    expect(secondsFor(deployment({ containers: [service] }))).toBe(1 + 16 + 0.5 + 5);
    expect(secondsFor(deployment({ containers: [{ image: service.image }] }))).toBe(1 + 16 + 0.5);
  });

  test("of an operator's resource is what its operator takes", () => {
    const type = "kubernetes:elasticsearch.k8s.elastic.co/v1:Elasticsearch";
    expect(secondsFor({ type, inputs: { spec: {} } })).toBe(70);
  });

  test("probes at the delay, and then once a period: first of start-up, from then on of readiness", () => {
    const probed = {
      ...service,
      startupProbe: { periodSeconds: 2 },
      readinessProbe: { initialDelaySeconds: 3, periodSeconds: 5 },
    };
    expect(secondsFor(deployment({ containers: [probed] }))).toBe(17.5 + 3);
    const slow = { ...probed, startupProbe: { initialDelaySeconds: 1, periodSeconds: 10 } };
    expect(secondsFor(deployment({ containers: [slow] }))).toBe(17.5 + 13);
  });

  test("pulls each image of a pod once, runs init containers one by one, and waits for the slowest container", () => {
    const init = { image: "docker.io/library/postgres:17@sha256:ab" };
    const sidecar = { ...init, restartPolicy: "Always" };
    expect(secondsFor(deployment({ initContainers: [init, init, sidecar], containers: [service] }))).toBe(
      1 + 8 + 16 + 0.5 + 32 + 32 + 0.5 + 5,
    );
    const slower = { ...service, readinessProbe: { initialDelaySeconds: 9 } };
    expect(secondsFor(deployment({ containers: [service, slower] }))).toBe(17.5 + 9);
  });

  test("has volumes, one pod after the other where a StatefulSet is ordered, and what must pass after readiness", () => {
    const pod = { containers: [{ image: "postgres" }] };
    const set = (spec: object) => ({ ...deployment(pod, spec), type: "kubernetes:apps/v1:StatefulSet" });
    expect(secondsFor(set({ volumeClaimTemplates: [{}] }))).toBe(2 * (4 + 1 + 2 + 8 + 0.5));
    expect(secondsFor(set({ podManagementPolicy: "Parallel" }))).toBe(1 + 8 + 0.5);
    expect(secondsFor(deployment({ ...pod, volumes: [{ persistentVolumeClaim: {} }] }))).toBe(
      1 + 2 + 8 + 0.5,
    );
    expect(secondsFor(deployment(pod, { minReadySeconds: 6 }))).toBe(9.5 + 6);
  });

  test("of a Job is its end", () => {
    const job = {
      type: "kubernetes:batch/v1:Job",
      inputs: { spec: { template: { spec: { containers: [{ image: "postgres" }] } } } },
    };
    expect(secondsFor(job)).toBe(1 + 8 + 0.5 + 5);
  });

  test("is nothing for what has no pods or is not awaited", () => {
    expect(secondsFor({ type: "kubernetes:core/v1:Secret", inputs: {} })).toBe(0);
    expect(secondsFor({ type: "pulumi:pulumi:Stack", inputs: undefined })).toBe(0);
    expect(secondsFor(deployment({ containers: [service] }, { replicas: 0 }))).toBe(0);
    expect(
      secondsFor(
        deployment({ containers: [service] }, {}, { annotations: { "pulumi.com/skipAwait": "true" } }),
      ),
    ).toBe(0);
  });
});

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1) + seconds * 1000);
const resource = (name: string, dependencies: string[], created?: number): StateResource => ({
  urn: `urn:pulumi:dev::p::kubernetes:core/v1:Secret::${name}`,
  type: "kubernetes:core/v1:Secret",
  inputs: {},
  dependencies: dependencies.map((one) => `urn:pulumi:dev::p::kubernetes:core/v1:Secret::${one}`),
  created: created === undefined ? undefined : at(created),
});
const seconds: Readonly<Record<string, number>> = { short: 1, long: 10, end: 5 };
const secondsOf = ({ urn }: StateResource) => seconds[urn.split("::").at(-1) ?? ""] ?? 0;

describe("the critical path", () => {
  test("is the longest chain, whatever the order of the state, and says what each step took beyond", () => {
    const all = [
      resource("end", ["long", "short"], 18),
      resource("short", [], 3),
      resource("long", ["begin"], 12.5),
      resource("begin", [], 2),
    ];
    const { first, last } = { first: at(2), last: at(18) };
    expect(criticalPath(all, secondsOf)).toEqual({
      seconds: 15,
      steps: [
        { resource: "Secret begin", seconds: 0, beyond: 0, created: at(2) },
        { resource: "Secret long", seconds: 10, beyond: 0.5, created: at(12.5) },
        { resource: "Secret end", seconds: 5, beyond: 0.5, created: at(18) },
      ],
      span: { first, last },
    });
  });

  test("does not wait for what is not there", () => {
    expect(criticalPath([resource("short", ["gone"])], secondsOf).seconds).toBe(1);
    expect(criticalPath([], secondsOf)).toEqual({ seconds: 0, steps: [], span: undefined });
  });

  test("has no circles", () => {
    expect(() => criticalPath([resource("a", ["b"]), resource("b", ["a"])], secondsOf)).toThrow(
      "waits for itself",
    );
  });
});

describe("true dependencies", () => {
  const workload = (name: string, waitsFor: string[] = [], kind = "Deployment"): StateResource => ({
    urn: name,
    type: `kubernetes:apps/v1:${kind}`,
    inputs: { metadata: { name: `${name}-1a2b`, labels: { "app.kubernetes.io/name": name } } },
    dependencies: waitsFor,
    created: undefined,
  });
  const between = (urn: string, dependencies: string[]): StateResource => ({
    urn,
    type: "kubernetes:core/v1:Secret",
    inputs: {},
    dependencies,
    created: undefined,
  });
  const state = [
    workload("server", [], "StatefulSet"),
    workload("setup", ["server"], "Job"),
    between("login", ["setup"]),
    between("login for people", ["login", "watcher"]),
    workload("client", ["login", "server"]),
    workload("reader", ["login for people", "server"]),
    workload("watcher"),
    workload("last", ["reader"]),
  ];

  test("are those of the list, whatever the state says; what it has beyond is told", () => {
    const list = {
      server: {},
      setup: { server: "prepares it" },
      client: { setup: "uses it" },
      reader: { server: "asks it" },
      watcher: {},
      last: { reader: "asks it" },
    };
    const { resources, needless } = withTrueDependencies(state, list);
    expect(Object.fromEntries(resources.map(({ urn, dependencies }) => [urn, dependencies]))).toEqual({
      server: [],
      setup: ["server"],
      login: [],
      "login for people": [],
      client: ["setup"],
      reader: ["server"],
      watcher: [],
      last: ["reader"],
    });
    expect(needless).toEqual(["reader for setup", "reader for watcher"]);
  });

  test("must be known of every workload", () => {
    const list = { server: {}, client: {}, reader: {}, last: {} };
    expect(() => withTrueDependencies(state, list)).toThrow(
      "local/bench/dependencies.yaml does not say what setup, watcher must wait for: add an entry for each",
    );
  });

  test("name workloads that have an entry, and say why", () => {
    expect(() => parseDependencies({ client: { sever: "a typing error" } })).toThrow(
      "client waits for sever, which has no entry of its own",
    );
    expect(() => parseDependencies({ client: { client: "" } })).toThrow("is not understood");
  });

  test.each(["dev", "prod"])("of stack %s are committed, and have no circle", (stack) => {
    const objects = readManifests(join(root, "tests", "golden", stack, "objects")).map(({ content }) => {
      const { apiVersion, kind, metadata } = content as KubernetesObject & { metadata: { name: string } };
      return {
        ...between(`${kind} ${metadata.name}`, []),
        type: `kubernetes:${apiVersion}:${kind}`,
        inputs: content,
      };
    });
    const { resources } = withTrueDependencies(objects, loadDependencies());
    const { seconds, steps } = criticalPath(resources, (one) => startUpSeconds(one, loadDelays()));
    expect(steps[0]?.seconds).toBeGreaterThan(0);
    expect(seconds).toBeGreaterThan(60);
  });
});

test("the state's dependencies are all that any property depends on", () => {
  const resources = [
    {
      urn: "u",
      type: "t",
      dependencies: ["a"],
      propertyDependencies: { x: ["a", "b"], y: null },
      created: "2026-01-01T00:00:00.5Z",
    },
  ];
  expect(parseState({ checkpoint: { latest: { resources } } })).toEqual([
    { urn: "u", type: "t", inputs: undefined, dependencies: ["a", "b"], created: at(0.5) },
  ]);
  expect(() => parseState({ checkpoint: {} })).toThrow("the engine's state is not understood");
});

describe("the summary", () => {
  const rules = [{ objects: 200, seconds: 0.1 }];
  const run = (cold: number): Run => {
    const phase = (duration: number) => ({ began: at(0), seconds: duration });
    return {
      phases: {
        preview: phase(1),
        "preview with policies": phase(2.5),
        "cold create": phase(cold),
        "no change": phase(3),
        "one image changed": phase(4),
        destroy: phase(5),
      },
      path: {
        seconds: 10,
        steps: [{ resource: "Job one", seconds: 10, beyond: 0.25, created: at(12) }],
        span: { first: at(2), last: at(12) },
      },
      needless: ["grafana for kibana"],
      resources: 7,
    };
  };

  test("is of the medians, and profiles the run in the middle", () => {
    const summary = summarize({ stack: "dev", runs: [run(20), run(12), run(13)], limit: 1.3, rules });
    expect(summary.phases["cold create"]).toEqual({ median: 13, min: 12, max: 20 });
    expect(summary.ratio).toBe(1.3);
    expect(summary.policies).toBe(1.5);
    expect(summary.profile).toEqual({
      before: 2,
      path: [{ resource: "Job one", seconds: 10, beyond: 0.25, done: 12 }],
      after: 1,
    });
    expect(describeSummary(summary)).toContain(
      "Cold create takes 1.30 of the critical path, at most the limit of 1.3.",
    );
  });

  test("says when the limit is passed", () => {
    const text = describeSummary(summarize({ stack: "dev", runs: [run(14)], limit: 1.3, rules }));
    expect(text).toContain("Cold create takes 1.40 of the critical path, MORE than the limit of 1.3.");
    expect(text).toContain("Waits that local/bench/dependencies.yaml does not know:\n  grafana for kibana\n");
    expect(text).toContain("Policies add 1.5 s to a preview of the whole stack.");
    expect(text).toMatch(/ 200 +0\.10 +0\.50\n/);
    expect(text).toMatch(/Job one +10\.0 +0\.3 +12\.0\n/);
  });

  test("takes the mean of the two in the middle", () => {
    expect(spread([4, 1, 3, 2])).toEqual({ median: 2.5, min: 1, max: 4 });
    expect(() => summarize({ stack: "dev", runs: [], limit: 1, rules })).toThrow("nothing was measured");
  });
});
