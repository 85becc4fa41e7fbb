import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { configurationFiles } from "../../components/observability/tracing/configuration.ts";

const files = configurationFiles();
const login = { username: "jaeger-1a2b", password: 'se"cret', url: "https://search.test:9200" };

/** The directory of the login, where scripts and the programs that they run are too. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "jaeger-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [entry, value] of Object.entries(login)) writeFileSync(join(folder, entry), value);
});

/** Has a script in place of a program. */
function play(program: string, script: string): void {
  writeFileSync(join(folder, program), `#!/bin/bash\n${script}\n`);
  chmodSync(join(folder, program), 0o755);
}

function run(shell: string, name: string, ...args: readonly string[]) {
  writeFileSync(join(folder, name), files[name] ?? "");
  const { status, stdout } = spawnSync(shell, [join(folder, name), folder, ...args], {
    env: { PATH: `${folder}:${process.env.PATH}` },
    encoding: "utf8",
  });
  return { status, stdout };
}

test("indices are prepared with a login that is in no argument", () => {
  play("es-rollover", 'echo "$ES_USERNAME $ES_PASSWORD" "$@"');
  expect(run("sh", "prepare-indices.sh", "the-policy")).toEqual({
    status: 0,
    stdout:
      `jaeger-1a2b se"cret init https://search.test:9200 --es.tls.enabled --es.tls.ca=${folder}/ca.crt ` +
      "--es.use-ilm --es.ilm-policy-name=the-policy --shards=1 --replicas=0 --skip-dependencies\n",
  });
});

describe("of the first indices", () => {
  const there = { written: '{"jaeger-span-000001":{"aliases":{}}}', count: '{"count":0}' };

  /** Has curl answer so about the first index of the spans; the one of the services is empty, and not written to. */
  function elasticsearch({ written, count }: typeof there): void {
    play(
      "curl",
      `while [ "$1" != --request ]; do if [ "$1" = --config ]; then cat "$2" >>${folder}/logins; fi; shift; done
echo "$2 $3" >>${folder}/asked
case $3 in
  */_alias/jaeger-span-write*) echo '${written}' ;;
  */_alias/*) echo '{}' ;;
  */jaeger-span-000001/_count*) echo '${count}' ;;
  */_count*) echo '{"count":0}' ;;
esac`,
    );
  }

  function deleted(): string[] {
    const asked = readFileSync(join(folder, "asked"), "utf8").trimEnd().split("\n");
    return asked.filter((line) => line.startsWith("DELETE ")).map((line) => line.replace(login.url, ""));
  }

  const strayServices = "DELETE /jaeger-service-000001?ignore_unavailable=true";

  test("an empty one is dropped that is none of those written to", () => {
    elasticsearch({ ...there, written: "{}" });
    expect(run("bash", "drop-stray-indices.sh").status).toBe(0);
    expect(deleted()).toEqual(["DELETE /jaeger-span-000001?ignore_unavailable=true", strayServices]);
    expect(readFileSync(join(folder, "logins"), "utf8").split("\n")[0]).toBe(
      'user = "jaeger-1a2b:se\\"cret"',
    );
  });

  test.each([
    ["is, or was, written to", there],
    ["has documents", { written: "{}", count: '{"count":3}' }],
  ])("one stays that %s", (_, answers) => {
    elasticsearch(answers);
    expect(run("bash", "drop-stray-indices.sh").status).toBe(0);
    expect(deleted()).toEqual([strayServices]);
  });

  test("none is dropped while Elasticsearch does not answer", () => {
    play("curl", `echo "$*" >>${folder}/asked; exit 22`);
    expect(run("bash", "drop-stray-indices.sh").status).toBe(22);
    expect(existsSync(join(folder, "asked"))).toBe(true);
    expect(deleted()).toEqual([]);
  });
});
