import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formVariable, startCluster, stopCluster } from "../../local/cluster/index.ts";
import { terminalReport } from "../../local/report.ts";
import { allTools } from "../../local/session.ts";
import { Checkout } from "./checkout.ts";

const report = terminalReport();

describe("a cluster that one already has", () => {
  const directory = mkdtempSync(join(tmpdir(), "iot-verification-own-"));
  const name = "somebodys-own";
  let kubeconfig: string;
  let checkout: Checkout;
  beforeAll(async () => {
    const tools = await allTools(report);
    const paths = Object.fromEntries(Object.values(tools).map((tool) => [tool.name, tool.path])) as Record<
      keyof typeof tools,
      string
    >;
    kubeconfig = (await startCluster({ stateDir: directory, name, tools: paths, report, delayScale: 0.1 }))
      .kubeconfig;
    checkout = new Checkout({ [formVariable]: "simulated", KUBECONFIG: kubeconfig });
  });
  afterAll(async () => {
    await checkout.remove("dev");
    await stopCluster({ stateDir: directory, name, report });
    rmSync(directory, { recursive: true, force: true });
  });

  it("is deployed to by the name of its context, and left as it was", async () => {
    const before = readFileSync(kubeconfig, "utf8");
    const up = await checkout.run("up", "--context", name);
    expect(up.code, up.output).toBe(0);
    expect(up.output).toMatch(/port-forward service\/tsn-verification \d+:8080/);
    expect(checkout.exists(".local/dev/cluster")).toBe(false);
    const elsewhere = await checkout.run("up", "--context", "another");
    expect(elsewhere.code).toBe(1);
    expect(elsewhere.output).toContain(`stack dev is deployed to context "${name}"`);
    await checkout.run("pulumi", "config", "set", "deletionProtection", "enabled");
    const guarded = await checkout.run("up");
    expect(guarded.code, guarded.output).toBe(0);
    const refused = await checkout.run("down");
    expect(refused.code).toBe(1);
    expect(refused.output).toContain(
      "stack dev is protected: its namespace, with all data in it, is not deleted",
    );
    await checkout.run("pulumi", "config", "set", "deletionProtection", "disabled");
    const lifted = await checkout.run("up");
    expect(lifted.code, lifted.output).toBe(0);
    const down = await checkout.run("down");
    expect(down.code, down.output).toBe(0);
    expect(readFileSync(kubeconfig, "utf8")).toBe(before);
    expect(checkout.exists(".local")).toBe(false);
  });
});

describe("a cluster that cannot be reached", () => {
  const directory = mkdtempSync(join(tmpdir(), "iot-verification-gone-"));
  const kubeconfig = join(directory, "kubeconfig");
  let checkout: Checkout;
  beforeAll(() => {
    const cluster = { name: "gone", cluster: { server: "https://127.0.0.1:1" } };
    const context = { name: "gone", context: { cluster: "gone", user: "gone" } };
    const user = { name: "gone", user: { token: "none" } };
    const file = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [cluster],
      contexts: [context],
      users: [user],
    };
    writeFileSync(kubeconfig, JSON.stringify(file));
    checkout = new Checkout({ [formVariable]: "simulated", KUBECONFIG: kubeconfig });
  });
  afterAll(async () => {
    await checkout.remove();
    rmSync(directory, { recursive: true, force: true });
  });

  it("fails at once and leaves nothing behind", async () => {
    const { code, output } = await checkout.run("up", "--context", "gone");
    expect(code).toBe(1);
    expect(output).toContain('the cluster of context "gone" does not answer');
    expect(output).toContain("127.0.0.1:1");
    expect(checkout.exists(".local")).toBe(false);
  });

  it("is not confused with a context that does not exist", async () => {
    const { code, output } = await checkout.run("up", "--context", "typo");
    expect(code).toBe(1);
    expect(output).toContain(`there is no context "typo" in ${kubeconfig}; contexts there are gone`);
  });
});
