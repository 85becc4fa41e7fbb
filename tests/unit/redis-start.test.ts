import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { configurationFiles } from "../../components/data/redis/configuration.ts";

const hasDigests = spawnSync("sha256sum", ["--version"]).status === 0;

/** A pod's file systems as a directory; `sleep` and the server itself are stand-ins. */
let pod: string;
beforeEach(() => {
  pod = mkdtempSync(join(tmpdir(), "redis-start-"));
  for (const path of ["bin", "data", "run/server", "run/secrets/accepted", "run/secrets/published"])
    mkdirSync(join(pod, path), { recursive: true });
  const script = configurationFiles({ maxmemory: "64mb" })["start.sh"] ?? "";
  writeFileSync(join(pod, "start.sh"), script.replaceAll(/(?<![\w/])\/(?=(run|data)\/)/g, `${pod}/`));
  program("redis-server", 'echo "started with $*"');
  program("sleep", "exit 0");
});
afterEach(() => rmSync(pod, { recursive: true }));

function program(name: string, body: string): void {
  const path = join(pod, "bin", name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
}

function accept(password: string, revision: string): void {
  writeFileSync(join(pod, "run/secrets/accepted/password"), password);
  writeFileSync(join(pod, "run/secrets/accepted/monitoring-password"), `watch-${revision}`);
  writeFileSync(join(pod, "run/secrets/accepted/revision"), revision);
}

function publish(password: string | undefined): void {
  const file = join(pod, "run/secrets/published/password");
  if (password === undefined) rmSync(file, { force: true });
  else writeFileSync(file, password);
}

/** Starts the pod that was made for a revision. */
function start(revision: string) {
  const env = { PATH: `${pod}/bin:${process.env.PATH}`, ACCEPTED_REVISION: revision };
  const { status, stdout, stderr } = spawnSync("sh", [join(pod, "start.sh")], { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

const started = { status: 0, stdout: "started with /etc/redis/redis.conf\n", stderr: "" };

const passwords = ["first", "second", "third", "fourth"];

/** The passwords that the started server takes. */
function taken(): string[] {
  const [line = ""] = readFileSync(join(pod, "run/server/users.acl"), "utf8").split("\n");
  expect(line).toMatch(/^user default on( #[0-9a-f]{64})+ ~\* &\* \+@all -@admin$/);
  return passwords.filter((password) => line.includes(`#${digestOf(password)} `));
}

function digestOf(password: string): string {
  return createHash("sha256").update(password).digest("hex");
}

describe.runIf(hasDigests)("Redis starts", () => {
  test("with the password that is asked for, and keeps a copy of it for its probes", () => {
    accept("first", "r1");
    expect(start("r1")).toEqual(started);
    expect(taken()).toEqual(["first"]);
    expect(readFileSync(join(pod, "run/server/password"), "utf8")).toBe("first");
  });

  test("with the password of its readers too, whatever interrupts a rotation", () => {
    const steps: [accepted: string, published: string | undefined, expected: string[]][] = [
      ["first", undefined, ["first"]],
      ["first", "first", ["first"]],
      // A rotation: readers move from the published one to the new one.
      ["second", "first", ["first", "second"]],
      ["second", "second", ["first", "second"]],
      // Another one, which ends before it is published, and then a third.
      ["third", "second", ["second", "third"]],
      ["fourth", "second", ["second", "fourth"]],
      ["fourth", "fourth", ["second", "fourth"]],
      // Back to one that never was published.
      ["third", "fourth", ["third", "fourth"]],
      // Its readers' Secret is gone.
      ["second", undefined, ["second", "third"]],
    ];
    for (const [index, [accepted, published, expected]] of steps.entries()) {
      accept(accepted, `r${index}`);
      publish(published);
      expect(start(`r${index}`)).toEqual(started);
      expect([index, taken()]).toEqual([index, expected]);
    }
  });

  test("with one password for who reads statistics, the one that is asked for", () => {
    for (const revision of ["r1", "r2"]) {
      accept("first", revision);
      start(revision);
      const [, line, ...others] = readFileSync(join(pod, "run/server/users.acl"), "utf8").split("\n");
      expect(line).toBe(
        `user monitoring on #${digestOf(`watch-${revision}`)} -@all +info +ping +client|setname +slowlog|len +latency|latest +latency|histogram`,
      );
      expect(others).toEqual([""]);
    }
  });

  test("as often as need be without forgetting the password before", () => {
    accept("first", "r1");
    start("r1");
    accept("second", "r2");
    publish("second");
    for (const _ of [1, 2, 3, 4, 5]) {
      start("r2");
      expect(taken()).toEqual(["first", "second"]);
    }
  });

  test("writing no password but that copy, in memory", () => {
    accept("first", "r1");
    publish("second");
    start("r1");
    const written = ["run/server/users.acl", "data/passwords"].map((path) =>
      readFileSync(join(pod, path), "utf8"),
    );
    for (const text of written) {
      for (const password of [...passwords, "watch-"]) expect(text).not.toContain(password);
    }
  });

  test("only when it sees the Secret that it was made for", () => {
    accept("first", "r1");
    program(
      "sleep",
      `printf second >${pod}/run/secrets/accepted/password; printf r2 >${pod}/run/secrets/accepted/revision`,
    );
    expect(start("r2")).toEqual(started);
    expect(taken()).toEqual(["second"]);
  });

  test("not at all when it never does", () => {
    accept("first", "r1");
    expect(start("r2")).toEqual({
      status: 1,
      stdout: "",
      stderr: "After 3 minutes, the Secret is not of revision r2.\n",
    });
  });
});
