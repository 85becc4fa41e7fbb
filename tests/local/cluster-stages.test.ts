import { describe, expect, test } from "vitest";
import { images } from "../../config/sections/images.ts";
import { loadDelays, parseDelays } from "../../local/cluster/delays.ts";
import { storageClasses } from "../../local/cluster/settings.ts";
import { buildStages, type Stage } from "../../local/cluster/stages.ts";

const stages = buildStages({ delays: loadDelays(), scale: 1 });

function stageNamed(name: string): Stage {
  const found = stages.find(({ metadata }) => metadata.name === name);
  if (!found)
    throw new Error(`no stage ${name}; there are ${stages.map(({ metadata }) => metadata.name).join(", ")}`);
  return found;
}

const delayText = (name: string) => stageNamed(name).spec.delay?.durationFrom?.jq.expression ?? "";

describe("the table of delays", () => {
  test("gives a source for every figure", () => {
    const figures = Object.values(loadDelays()).flat();
    expect(figures.length).toBeGreaterThan(10);
    for (const { source } of figures) expect(source.length).toBeGreaterThan(20);
  });

  test("has an entry for every image at the end of each list", () => {
    const { pull } = loadDelays();
    expect(() => parseDelays({ ...loadDelays(), pull: pull.slice(0, -1) })).toThrow(/every other image/);
  });

  test("names only images that a stack can have", () => {
    const { registry, tag, overrides, pullSecrets, ...published } = images.parse({});
    const known = Object.values(published).map((reference) => /([^/]+):[^/]+$/.exec(reference)?.[1]);
    const named = Object.values(loadDelays())
      .flat()
      .flatMap((figure) => ("image" in figure && figure.image !== "*" ? [figure.image] : []));
    expect(named.filter((name) => !known.includes(name))).toEqual([]);
  });

  test("refuses figures without a source, and names the place", () => {
    expect(() => parseDelays({ ...loadDelays(), sandbox: { seconds: 1 } })).toThrow(/sandbox\.source/);
  });
});

describe("the stages", () => {
  test("carry the figures of the table in milliseconds, times the scale", () => {
    const fast = buildStages({ delays: loadDelays(), scale: 0.1 });
    const provision = (list: readonly Stage[]) =>
      list.find(({ metadata }) => metadata.name === "claim-provision")?.spec.delay?.durationMilliseconds;
    expect(provision(stages)).toBe(3000);
    expect(provision(fast)).toBe(300);
    expect(delayText("pod-running")).toMatch(/\{"postgres":5000,"redis":2500,[^}]*\}\[\$image\] \/\/ 4000/);
    expect(delayText("pod-complete")).toMatch(/\{"postgres":2000,[^}]*\}\[\$image\] \/\/ 3000/);
  });

  test("know an image by the last part of its name alone", () => {
    expect(delayText("pod-running")).toContain('split("@")[0] | split("/")[-1] | split(":")[0]');
  });

  test("take up a pod by its state, never by labels or annotations: stacks know nothing of kwok", () => {
    const pods = stages.filter(({ spec }) => spec.resourceRef.kind === "Pod");
    expect(pods.map(({ metadata }) => metadata.name)).toEqual([
      "pod-accepted",
      "pod-init-running",
      "pod-initialized",
      "pod-running",
      "pod-running-after-init",
      "pod-ready",
      "pod-complete",
      "pod-stop",
      "pod-delete",
    ]);
    for (const { spec } of pods) expect(JSON.stringify(spec.selector)).not.toMatch(/labels|annotations/);
  });

  test("wait alike for probes of every kind: by their delays and periods", () => {
    expect(delayText("pod-ready")).toMatch(
      /initialDelaySeconds.*periodSeconds.*startupProbe.*readinessProbe/,
    );
    expect(JSON.stringify(stages)).not.toMatch(/httpGet|tcpSocket|grpc|exec/);
  });

  test("let only Jobs' pods succeed", () => {
    const job = ".metadata.ownerReferences.[].kind";
    expect(stageNamed("pod-complete").spec.selector.matchExpressions).toContainEqual({
      jq: { key: job, operator: "In", values: ["Job"] },
    });
    expect(stageNamed("pod-ready").spec.selector.matchExpressions).toContainEqual({
      jq: { key: job, operator: "NotIn", values: ["Job"] },
    });
  });

  test("stop a pod within its grace period, and leave a stopped one to its finalizers", () => {
    expect(delayText("pod-stop")).toContain("(.metadata.deletionGracePeriodSeconds // 30) * 1000] | min");
    expect(stageNamed("pod-delete").spec.selector.matchExpressions).toContainEqual({
      jq: { key: ".metadata.deletionGracePeriodSeconds", operator: "NotIn", values: ["0"] },
    });
  });

  test("make volumes for the provisioners of the storage classes, and no others", () => {
    expect(stageNamed("claim-provision").spec.selector.matchExpressions).toContainEqual({
      jq: {
        key: '.metadata.annotations["volume.kubernetes.io/storage-provisioner"]',
        operator: "In",
        values: storageClasses.map(({ provisioner }) => provisioner),
      },
    });
  });
});
