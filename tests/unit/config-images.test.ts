import { describe, expect, test } from "vitest";
import { accepted, problemsOf } from "./config-cases.ts";

const digest = `sha256:${"a".repeat(64)}`;
const pinned =
  "must be an image with registry host and path, pinned by digest or by a tag that begins with a version (never latest)";
const postgresql =
  "must be an image of PostgreSQL 17 or 18 on Debian with registry host and path, pinned by digest or by a tag that " +
  "begins with its version; for example docker.io/library/postgres:17.11-bookworm";
const registry =
  "must be a registry host (with a dot or a port), with a path if need be, without a slash at its end; for example " +
  "ghcr.io/iot-verification";
const tag =
  'must be a tag that begins with a version (never latest), quoted if it looks like a number; for example "0.1.0"';

/** One key of the section `images`: what it takes, and what it refuses with which advice. */
const cases = {
  redis: {
    advice: `${pinned}; for example docker.io/library/redis:8.2.10`,
    taken: [
      "docker.io/library/redis:8.2",
      "docker.io/library/redis:v8.2.10-alpine",
      "registry.test:5000/redis:8.2",
      "localhost/redis:8.2",
      "localhost:5000/a/b_c/d-e:1.0_build.5",
      `registry.test/redis@${digest}`,
      `registry.test/redis:latest@${digest}`,
    ],
    refused: [
      "",
      " docker.io/library/redis:8.2",
      "docker.io/library/redis",
      "docker.io/library/redis:latest",
      "docker.io/library/redis:8",
      "docker.io/library/redis:release-8.2",
      "docker.io/library/redis:",
      "docker.io/library/redis@sha256:abc",
      `docker.io/library/redis@${digest}0`,
      `docker.io/library/redis@${digest}@${digest}`,
      `docker.io/library/redis@sha512:${"a".repeat(128)}`,
      "redis:8.2.8",
      "library/redis:8.2.8",
      "registry.test:5000:8.2",
      "registry.test:50.00/redis",
      "registry.test/:8.2",
      "registry.test//redis:8.2",
      "registry.test/Redis:8.2",
      "https://registry.test/redis:8.2",
      "registry.test/redis:8.2\n",
    ],
  },
  postgresql: {
    advice: postgresql,
    taken: [
      "docker.io/library/postgres:17.11-bookworm",
      "docker.io/library/postgres:17.0",
      "mirror.test:5000/postgres:18.4-trixie",
      `docker.io/library/postgres:17.11@${digest}`,
      `docker.io/library/postgres@${digest}`,
    ],
    refused: [
      "docker.io/library/postgres:17",
      "docker.io/library/postgres:16.9-bookworm",
      "docker.io/library/postgres:19.0",
      "docker.io/library/postgres:170.1",
      "docker.io/library/postgres:17.11-alpine",
      "docker.io/library/postgres:17.11-alpine3.22",
      `docker.io/library/postgres:17.11-alpine@${digest}`,
      `docker.io/library/postgres:16.9@${digest}`,
      "docker.io/library/postgres@sha256:abc",
      "postgres:17.11",
      "docker.io/library/postgres:latest",
    ],
  },
  registry: {
    advice: registry,
    taken: [
      "ghcr.io",
      "ghcr.io/a/b",
      "localhost",
      "localhost:5000/x",
      "registry:5000",
      "10.0.0.1/path",
      "a.test/b.c_d__e--f",
    ],
    refused: [
      "",
      "iot-verification",
      "library/own",
      "https://ghcr.io",
      "ghcr.io/",
      "ghcr.io//a",
      "ghcr.io/A",
      "Ghcr.io/a",
      "ghcr..io/a",
      ".ghcr.io",
      "-a.io",
      "ghcr.io:/a",
      "ghcr.io:port",
      "ghcr.io/a:1.0",
      "ghcr.io/a..b",
      "ghcr.io/a___b",
      "ghcr.io/a._b",
      "ghcr.io/.a",
      "ghcr.io/a-",
    ],
  },
  tag: {
    advice: tag,
    taken: ["0.1.0", "v1.2", "2026.1.31-rc.1", "1.2_build"],
    refused: [
      "",
      "latest",
      "1",
      "v1",
      "release-1.2",
      "1.2+build",
      "1.2 ",
      "v",
      "-1.2",
      `1.${"2".repeat(127)}`,
    ],
  },
} as const;

describe.each(Object.entries(cases))("images.%s", (key, { advice, taken, refused }) => {
  test.each([...taken])("takes %j", (value) => {
    expect(accepted({ images: { [key]: value } }).images).toMatchObject({ [key]: value });
  });

  test.each([...refused])("refuses %j", (value) => {
    const shown = JSON.stringify(value);
    expect(problemsOf({ images: { [key]: value } })).toEqual([
      { key: `images.${key}`, value: shown.length > 80 ? `${shown.slice(0, 77)}...` : shown, advice },
    ]);
  });
});

test("the image of a single workload is judged like the others", () => {
  const image = "ghcr.io/iot/api-gateway:latest";
  expect(problemsOf({ images: { overrides: { "api-gateway": image } } })).toEqual([
    {
      key: "images.overrides.api-gateway",
      value: `"${image}"`,
      advice: `${pinned}; for example ghcr.io/iot-verification/api-gateway:0.1.1`,
    },
  ]);
});
