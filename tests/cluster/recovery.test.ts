import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { changes } from "./audit.ts";
import { Checkout } from "./checkout.ts";
import { platformObjects, secretValues } from "./kubernetes.ts";

let checkout: Checkout;
beforeAll(() => {
  checkout = new Checkout();
});
afterAll(() => checkout.remove("dev"));

/** Process id of the CLI that works on the stack, from the lock that it holds. */
function cliProcess(): number {
  const folder = join(
    checkout.directory,
    ".local/dev/backend/.pulumi/locks/organization/iot-verification/dev",
  );
  const file = readdirSync(folder).find((name) => name.endsWith(".json"));
  if (!file) throw new Error("no CLI holds the stack");
  return (JSON.parse(readFileSync(join(folder, file), "utf8")) as { pid: number }).pid;
}

/** Resolves once the engine has written the object; rejects when the command ends before. */
async function untilWritten(object: string, finished: Promise<unknown>): Promise<void> {
  const seen = () => {
    try {
      return changes(checkout).some((change) => change.byPulumi && change.object === object);
    } catch {
      return false;
    }
  };
  let ended = false;
  void finished.then(() => {
    ended = true;
  });
  while (!seen()) {
    if (ended) throw new Error(`the command ended before it wrote ${object}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const passwordOf = () => secretValues(checkout, "postgresql-accepted-credentials").password;

describe("a deployment that is killed", () => {
  it.each([
    ["the CLI, right after the namespace", "namespaces/iot-verification", "cli"],
    ["the CLI, while the database starts", "statefulsets/postgresql", "cli"],
    ["all of it, while the readers start", "deployments/api-gateway", "group"],
  ])("is killed: %s", async (_, object, victim) => {
    const { child, finished } = checkout.start("up");
    await untilWritten(object, finished);
    if (victim === "group") process.kill(-(child.pid ?? 0), "SIGKILL");
    else process.kill(cliProcess(), "SIGKILL");
    expect((await finished).code).not.toBe(0);
  });

  it("converges with the next `npm run up`, with the credentials that it had", async () => {
    const before = passwordOf();
    const { code, output } = await checkout.run("up");
    expect(code, output).toBe(0);
    expect(output).toContain("Removed the lock of a command that was killed");
    for (const [name, { spec, status }] of platformObjects(checkout, "deployments,statefulsets")) {
      expect([name, status?.availableReplicas]).toEqual([name, spec?.replicas]);
    }
    expect(passwordOf()).toBe(before);
  });

  it("then has nothing left to do", async () => {
    const { code, output } = await checkout.run("pulumi", "preview", "--expect-no-changes");
    expect(code, output).toBe(0);
  });

  it("is killed while it is destroyed, and destroyed all the same", async () => {
    const { finished } = checkout.start("pulumi", "destroy", "--yes");
    await new Promise<void>((resolve, reject) => {
      const look = () => {
        if (changes(checkout).some(({ verb, byPulumi }) => verb === "delete" && byPulumi)) resolve();
        else setTimeout(look, 20);
      };
      look();
      void finished.then(() => reject(new Error("the command ended before it deleted anything")));
    });
    process.kill(cliProcess(), "SIGKILL");
    await finished;
    const { code, output } = await checkout.run("down");
    expect(code, output).toBe(0);
    expect(checkout.exists(".local")).toBe(false);
  });
});
