import { afterEach, describe, expect, test, vi } from "vitest";
import { chooseForm, nodeObstacle, type Obstacles } from "../../local/cluster/form.ts";

describe("the form of the cluster", () => {
  const possible = async () => undefined;
  const all: Obstacles = { kind: possible, node: possible, simulated: possible };

  test("is the first that the machine allows, and says why not those before", async () => {
    expect((await chooseForm({ obstacles: all })).form).toBe("kind");
    expect(await chooseForm({ obstacles: { ...all, kind: async () => "no Docker" } })).toEqual({
      form: "node",
      says: "Local cluster: a real node on this machine, for pods whose images it has, beside three that are played (not kind: no Docker).",
    });
    const none = { ...all, kind: async () => "no Docker", node: async () => "no root" };
    expect(await chooseForm({ obstacles: none })).toEqual({
      form: "simulated",
      says: "Local cluster: three nodes that are played; no container runs (not kind: no Docker; not node: no root).",
    });
  });

  test("can be asked for, whatever else is possible", async () => {
    expect((await chooseForm({ wanted: "simulated", obstacles: all })).form).toBe("simulated");
  });

  test("does not change to or from kind by itself: objects and data would be lost", async () => {
    expect((await chooseForm({ current: "simulated", obstacles: all })).form).toBe("node");
    expect((await chooseForm({ current: "node", obstacles: all })).form).toBe("node");
    expect((await chooseForm({ current: "kind", obstacles: all })).form).toBe("kind");
    expect((await chooseForm({ current: "node", wanted: "kind", obstacles: all })).form).toBe("kind");
    const obstacles = { ...all, kind: async () => "no Docker engine answers" };
    await expect(chooseForm({ current: "kind", obstacles })).rejects.toThrow(
      "The local cluster that is there cannot be reached (not kind: no Docker engine answers).",
    );
  });

  test("that is asked for and impossible is refused with what is missing", async () => {
    const obstacles = { ...all, node: async () => "containers and their network need root" };
    await expect(chooseForm({ wanted: "node", obstacles })).rejects.toThrow(
      "IOT_VERIFICATION_CLUSTER=node is impossible here: containers and their network need root.",
    );
  });

  test("of an unknown name is refused with the names that there are", async () => {
    await expect(chooseForm({ wanted: "minikube", obstacles: all })).rejects.toThrow(
      'IOT_VERIFICATION_CLUSTER is "minikube"; allowed are kind, node, simulated',
    );
  });
});

describe("a real node", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  test("is not promised where nothing unpacks its programs: other distributions play all nodes", async () => {
    if (!process.getuid) throw new Error("there are users on every system that runs this");
    vi.spyOn(process, "getuid").mockReturnValue(0);
    vi.stubEnv("PATH", "/nowhere");
    const obstacle = await nodeObstacle();
    const expected =
      process.platform === "linux"
        ? "its programs and images are made with apt-get and dpkg-deb and python3, which this machine lacks"
        : `containers run on Linux only, and this is ${process.platform}`;
    expect(obstacle).toBe(expected);
  });
});

test("the form that was chosen for this machine is one that it allows", async () => {
  const obstacle = await nodeObstacle();
  const without = { kind: async () => "no Docker", node: nodeObstacle, simulated: async () => undefined };
  const chosen = await chooseForm({ obstacles: without });
  expect(chosen.form).toBe(obstacle ? "simulated" : "node");
  expect(chosen.says).toContain(obstacle ? `not node: ${obstacle}` : "not kind: no Docker");
  const forced = chooseForm({ wanted: "node", obstacles: without });
  if (obstacle) await expect(forced).rejects.toThrow(obstacle);
  else expect((await forced).form).toBe("node");
});
