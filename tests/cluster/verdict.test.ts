import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formVariable, nodeObstacle } from "../../local/cluster/form.ts";
import { Checkout } from "./checkout.ts";
import { kubectlPath, platformObjects } from "./kubernetes.ts";

const obstacle = await nodeObstacle();
let checkout: Checkout;
beforeAll(() => {
  checkout = new Checkout({ [formVariable]: "" });
});
afterAll(() => checkout.remove("dev"));

/** Runs `npm run verify` and returns what it said, and the verification that it printed. */
async function verify(...argv: string[]) {
  const { code, output } = await checkout.run("verify", "--json", ...argv);
  const json = output.slice(output.indexOf("\n{\n"));
  return { code, output, verification: json ? JSON.parse(json) : undefined };
}

/** Fifty streams over a line of ten bridges: work for seconds. */
function longSubmission() {
  const numbered = (prefix: string, count: number) =>
    Array.from({ length: count }, (_, i) => `${prefix}${i}`);
  const [bridges, stations] = [numbered("bridge-", 10), numbered("station-", 20)];
  const link = (id: string, ...between: string[]) => ({ id, between, rateMbps: 1000 });
  return {
    standard: "tsn",
    property: "schedule-exists",
    model: {
      nodes: [
        ...bridges.map((id) => ({ id, kind: "bridge", processingDelayNs: 1000 })),
        ...stations.map((id) => ({ id, kind: "end-station" })),
      ],
      links: [
        ...bridges.slice(1).map((bridge, i) => link(`line-${i}`, `bridge-${i}`, bridge)),
        ...stations.map((station, i) => link(`drop-${i}`, station, `bridge-${i % 10}`)),
      ],
      streams: numbered("stream-", 50).map((id, i) => {
        const periodNs = i % 2 === 0 ? 500_000 : 1_000_000;
        const talker = stations[(i * 7) % 20];
        const listener = stations[(i * 7 + 3 + (i % 5)) % 20];
        const size = { frameBytes: 200 + (i % 7) * 100, periodNs, deadlineNs: periodNs };
        return { id, talker, listeners: [listener], trafficClass: 7, ...size };
      }),
    },
  };
}

function withoutContainers() {
  it("says so, and what another form takes", async () => {
    const up = await checkout.run("up");
    expect(up.code, up.output).toBe(0);
    expect(up.output).toContain(`not node: ${obstacle}`);
    const { code, output } = await checkout.run("verify");
    expect(code).toBe(1);
    expect(output).toContain("no program of the platform runs in a simulated cluster");
  });
}

function inRealPods() {
  it("is not asked before it is up", async () => {
    const { code, output } = await checkout.run("verify");
    expect(code).toBe(1);
    expect(output).toContain("stack dev is not up; deploy it with `npm run up`");
  });

  it("comes up, with a URL that answers from here", async () => {
    const { code, output } = await checkout.run("up");
    expect(code, output).toBe(0);
    expect(output).toMatch(/^ {2}kubectl .* port-forward service\/prometheus \d+:9090$/m);
    expect(output).not.toContain("port-forward service/grafana");
    const url = /gateway, from here +(http:\/\/127\.0\.0\.1:\d+)/.exec(output)?.[1];
    expect(await (await fetch(`${url}/health`)).json()).toEqual({ status: "ok" });
    expect((await fetch(`${url}/v1/verifications`)).status).toBe(401);
    const pods = [...platformObjects(checkout, "pods").values()];
    const real = pods.filter(({ spec }) => spec?.nodeName === "machine");
    const names = real.map(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"]);
    expect([...new Set(names)].sort()).toEqual([
      "alertmanager",
      "api-gateway",
      "blackbox-exporter",
      "database-migrations",
      "kube-state-metrics",
      "object-storage",
      "object-storage-buckets",
      "postgresql",
      "postgresql-exporter",
      "prometheus",
      "redis",
      "redis-exporter",
      "tsn-verification",
    ]);
    // However small the machine is.
    const reserved = real.flatMap(({ spec }) =>
      spec?.containers?.map(({ resources }) => resources?.requests?.cpu),
    );
    expect(new Set(reserved)).toEqual(new Set(["1m"]));
  });

  it("proves an example, and answers the same again from its record", async () => {
    const first = await verify();
    expect(first.code, first.output).toBe(0);
    expect(first.verification).toMatchObject({
      standard: "tsn",
      status: "finished",
      result: {
        verdict: "proved",
        engine: { name: "Z3", version: "5.4.1" },
        recheck: { method: "simulation" },
      },
    });
    const again = await verify();
    expect(again.code).toBe(0);
    expect(again.output).toContain("was submitted before and is finished");
    expect(again.verification).toEqual(first.verification);
  });

  it("prints a counterexample that a person reads", async () => {
    const { code, output } = await checkout.run("verify", "--example", "4");
    expect(code).toBe(1);
    expect(output).toContain("VIOLATED: ");
    expect(output).toMatch(/ {4}position#0 enters queue 7 of cell>cell-line at \d+ ns and is not sent/);
    expect(output).toContain("recheck  by simulation");
  });

  it("finishes a proof whose pod is killed in the middle", async () => {
    checkout.write("long.json", JSON.stringify(longSubmission()));
    const { child, finished } = checkout.start("verify", "--json", "long.json");
    let said = "";
    const running = new Promise<void>((resolve) => {
      child.stderr?.on("data", (text: string) => {
        said += text;
        if (said.includes("running")) resolve();
      });
    });
    await Promise.race([running, finished]);
    const kubeconfig = join(checkout.directory, ".local", "dev", "cluster", "kubeconfig");
    const pods = ["pods", "--selector", "app.kubernetes.io/name=tsn-verification"];
    const place = ["--kubeconfig", kubeconfig, "--namespace", "iot-verification"];
    execFileSync(kubectlPath, [...place, "delete", ...pods, "--grace-period=0", "--force"]);
    const { code, output } = await finished;
    expect(code, output).toBe(0);
    // Begun by a pod that is gone, and again by another.
    expect(output.match(/^ +running/gm)?.length).toBeGreaterThanOrEqual(2);
    expect(output).toContain('"verdict": "proved"');
  });

  it("goes without leaving anything that answers", async () => {
    const { code, output } = await checkout.run("down");
    expect(code, output).toBe(0);
    expect(checkout.exists(".local/dev")).toBe(false);
  });
}

if (obstacle) describe("where this machine can run no containers", withoutContainers);
else describe("stack dev in real pods", inRealPods);
