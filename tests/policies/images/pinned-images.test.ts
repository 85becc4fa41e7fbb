import { expect, test } from "vitest";
import { pinnedImages } from "../../../policies/images/pinned-images.ts";
import { type Changes, kinds, object, specPaths, violationsIn } from "../fixtures.ts";

const digest = `sha256:${"0123456789abcdef".repeat(4)}`;

test.each([
  "registry.test/thing:1.0",
  "thing:v2",
  "registry.test:5000/path/thing:2026-01-31",
  "registry.test/thing:8.2.8-bookworm",
  "thing:1.2-alpine3",
  "thing:bookworm-20240101",
  "thing:main-20260131-2",
  "thing:main-0a1b2c3",
  "thing:sha-0a1b2c3d4e5f",
  "thing:main-1.4.2",
  "thing:release-2",
  "thing:pg17",
  "{IMAGE}",
  "$IMAGE",
  "{{ .Values.image }}",
  "$REGISTRY/thing:1.4",
  `registry.test/thing@${digest}`,
  `registry.test/thing:latest@${digest}`,
  `registry.test/thing@sha512:${"0123456789abcdef".repeat(8)}`,
])("%s is pinned", (image) => {
  expect(violationsIn(pinnedImages, object("Pod", { "containers.0.image": image }))).toEqual([]);
});

test.each([
  ["thing", /runs thing without a tag, which means :latest/],
  ["registry.test:5000/thing", /without a tag/],
  ["registry.test/thing:latest", /whose tag names no version/],
  ["registry.test/thing:stable", /whose tag names no version/],
  ["registry.test/thing@sha256:abc1", /whose digest is not one of SHA-256/],
  [`registry.test/thing@${digest.replace("256", "512")}`, /whose digest is not one of SHA-256 or SHA-512/],
  [`registry.test/thing@${digest}0`, /whose digest is not one of SHA-256/],
  ["registry.test/v1.2/thing", /without a tag/],
  ["$REGISTRY/thing", /without a tag/],
  ["thing:alpine3", /whose tag names no version/],
  ["thing:stable-alpine3.20", /whose tag names no version/],
  ["thing:latest-2", /whose tag names no version/],
  ["thing:main-1", /whose tag names no version/],
  ["thing:Dev-2", /whose tag names no version/],
  ["thing:lts-alpine3", /whose tag names no version/],
  ["thing:$TAG", /runs thing:\$TAG, in which a template is not filled in/],
  ["thing:{{ .Values.tag }}", /in which a template is not filled in/],
  ["{{ .Values.image }}:{{ .Values.tag }}", /in which a template is not filled in/],
  ["", /has no image/],
  [undefined, /has no image/],
  [17, /has no image/],
])("%s is refused", (image, words) => {
  const violations = violationsIn(pinnedImages, object("Deployment", { "containers.0.image": image }));
  expect(violations.map(({ path }) => path)).toEqual(["spec.template.spec.containers[0].image"]);
  expect(violations[0]?.message).toMatch(/^container main /);
  expect(violations[0]?.message).toMatch(words);
  expect(violations[0]?.message).toMatch(
    /Write a tag that names a version, such as :1\.4\.2, or better a digest/,
  );
});

test.each(kinds)("a compliant %s has no violation, and a bad one has one at its place", (kind) => {
  expect(violationsIn(pinnedImages, object(kind))).toEqual([]);
  const changes: Changes = { "containers.1.image": "registry.test/thing:latest" };
  expect(violationsIn(pinnedImages, object(kind, changes)).map(({ path }) => path)).toEqual([
    `${specPaths[kind]}.containers[1].image`,
  ]);
});

test("containers of every sort are judged, each by itself", () => {
  const changes = {
    "initContainers.0.image": "a:latest",
    "containers.0.image": "b:latest",
    "ephemeralContainers.0.image": "c:latest",
    "ephemeralContainers.0.name": undefined,
  };
  const violations = violationsIn(pinnedImages, object("Pod", changes));
  expect(violations.map(({ path, message }) => [path, message.split(",")[0]])).toEqual([
    ["spec.initContainers[0].image", "container first runs a:latest"],
    ["spec.containers[0].image", "container main runs b:latest"],
    ["spec.ephemeralContainers[0].image", "container ephemeralContainers[0] runs c:latest"],
  ]);
});

test("images that are mounted as volumes are judged like the others", () => {
  const volumes = [
    { name: "scratch", emptyDir: {} },
    { name: "model", image: { reference: "registry.test/model:1.0", pullPolicy: "IfNotPresent" } },
    { name: "exact", image: { reference: `registry.test/model@${digest}` } },
    { name: "none", image: null },
    { name: "latest", image: { reference: "registry.test/model:latest" } },
    { image: { reference: "model" } },
    { name: "empty", image: {} },
  ];
  const violations = violationsIn(pinnedImages, object("CronJob", { volumes }));
  expect(violations.map(({ path, message }) => [path, message.split(". ")[0]])).toEqual([
    [at(4), "volume latest holds registry.test/model:latest, whose tag names no version"],
    [at(5), "volume 5 holds model without a tag, which means :latest"],
    [at(6), "volume empty has no image"],
  ]);

  function at(index: number): string {
    return `${specPaths.CronJob}.volumes[${index}].image.reference`;
  }
});

test("objects without pods have no violation", () => {
  expect(
    violationsIn(pinnedImages, { kind: "ConfigMap", spec: { containers: [{ image: "a:latest" }] } }),
  ).toEqual([]);
});

test.each([
  ["shop:hunter2@registry.test/thing:latest", "registry.test/thing:latest"],
  ["https://shop:hunter2@registry.test/thing", "https://registry.test/thing"],
  [`shop:hunter2@thing@md5:00`, "thing@md5:00"],
])("a login in %s is not repeated", (image, shown) => {
  const [violation] = violationsIn(pinnedImages, object("Pod", { "containers.0.image": image }));
  expect(violation?.message).toContain(`container main runs ${shown}`);
  expect(violation?.message).not.toContain("hunter2");
});
