import { existsSync, readdirSync, readFileSync, statfsSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { ensureTools, thisMachine } from "../../local/toolchain/index.ts";
import { requireSpace } from "../../local/toolchain/space.ts";
import { playedMachine, playedTool, playGo, publisher, recorder, writeScript } from "./toolchain-machine.ts";
import { scratch } from "./toolchain-scratch.ts";

describe("search order", () => {
  test("PATH serves what fits; the first that fits wins over one before it that does not", async () => {
    const dir = scratch();
    const machine = playedMachine(dir);
    writeScript(join(dir, "path", "etcd"), playedTool("etcd", "3.4.0"));
    const good = writeScript(join(dir, "more", "etcd"), playedTool("etcd", "3.5.9"));
    const env = { ...machine.env, PATH: `${join(dir, "path")}:${join(dir, "more")}` };
    const got = await ensureTools(["etcd"], recorder(), { ...machine, env });
    expect(got).toEqual({ etcd: { name: "etcd", path: good, version: "3.5.9", origin: "path" } });
    expect(existsSync(join(dir, "cache"))).toBe(false);
  });

  test("only what is missing on PATH is fetched", async () => {
    const dir = scratch();
    const log: string[] = [];
    const machine = playedMachine(dir, publisher(log));
    writeScript(join(dir, "path", "kubectl"), playedTool("kubectl", "1.35.1"));
    const got = await ensureTools(["etcd", "kubectl"], recorder(), machine);
    expect([got.kubectl.origin, got.etcd.origin, log]).toEqual(["path", "official", ["etcd"]]);
  });

  test("the provider alone: the CLI that downloads it is fetched first, and is not in the answer", async () => {
    const log: string[] = [];
    const got = await ensureTools(
      ["pulumi-resource-kubernetes"],
      recorder(),
      playedMachine(scratch(), publisher(log)),
    );
    expect([Object.keys(got), log]).toEqual([
      ["pulumi-resource-kubernetes"],
      ["pulumi", "pulumi-resource-kubernetes"],
    ]);
  });

  test("the control plane's programs come from one place: one too few on PATH is none", async () => {
    const dir = scratch();
    const log: string[] = [];
    const machine = playedMachine(dir, publisher(log));
    writeScript(join(dir, "path", "kube-apiserver"), playedTool("kube-apiserver", "1.36.0"));
    const names = ["kube-apiserver", "kube-scheduler"] as const;
    const got = await ensureTools(names, recorder(), machine);
    expect(names.map((name) => got[name].origin)).toEqual(["official", "official"]);
    expect(log).toEqual(["kube-apiserver", "kube-scheduler"]);
  });

  test("the control plane's programs on PATH must be of one minor version", async () => {
    const dir = scratch();
    const machine = playedMachine(dir, { policy: "path" });
    writeScript(join(dir, "path", "kube-apiserver"), playedTool("kube-apiserver", "1.34.0"));
    writeScript(join(dir, "path", "kube-scheduler"), playedTool("kube-scheduler", "1.36.0"));
    await expect(ensureTools(["kube-apiserver", "kube-scheduler"], recorder(), machine)).rejects.toThrow(
      /kube-apiserver 1\.34\.0, .*kube-scheduler 1\.36\.0: they must be of one minor version/,
    );
  });

  test("what its publisher does not give is built; a second run runs nothing at all", async () => {
    const dir = scratch();
    playGo(dir);
    const machine = playedMachine(dir);
    const report = recorder();
    const first = await ensureTools(["etcd"], report, machine);
    expect(first.etcd).toMatchObject({ version: "3.6.5", origin: "built" });
    expect(first.etcd.path.startsWith(join(dir, "cache", "tools", "built-etcd-"))).toBe(true);
    expect(report.details).toContain("the network is unplugged");
    expect(report.steps).toEqual([
      "Building 1 tool from pinned Go modules, once: 2 packages to compile, at most about 2 minutes on two cores",
      expect.stringMatching(/^Building etcd \(1 of 1; 2 packages/),
      expect.stringMatching(/^Built etcd in \d+ s$/),
    ]);
    const traces = () =>
      readFileSync(join(dir, "go.log"), "utf8") + readFileSync(join(dir, "runs.log"), "utf8");
    const before = traces();
    const again = recorder();
    expect(await ensureTools(["etcd"], again, machine)).toEqual(first);
    expect([traces(), again.steps, again.details]).toEqual([before, [], []]);
  });

  test("a cached program that changed is run again before it is believed", async () => {
    const dir = scratch();
    playGo(dir);
    const machine = playedMachine(dir);
    const { path } = (await ensureTools(["etcd"], recorder(), machine)).etcd;
    utimesSync(path, 1, 1);
    await ensureTools(["etcd"], recorder(), machine);
    expect(readFileSync(join(dir, "runs.log"), "utf8")).toBe("run\nrun\n");
    writeScript(path, "exit 1");
    const report = recorder();
    await ensureTools(["etcd"], report, machine);
    expect(report.steps.at(-1)).toMatch(/^Built etcd/);
  });

  test("a changed pin is another folder", async () => {
    const dir = scratch();
    playGo(dir);
    const machine = playedMachine(dir);
    const before = (await ensureTools(["etcd"], recorder(), machine)).etcd.path;
    writeScript(join(machine.modulesDir, "etcd", "go.sum"), "changed");
    expect((await ensureTools(["etcd"], recorder(), machine)).etcd.path).not.toBe(before);
  });

  test("two at once: the second waits, says for whom, and builds nothing itself", async () => {
    const dir = scratch();
    playGo(dir);
    const machine = playedMachine(dir);
    const reports = [recorder(), recorder()];
    const [one, two] = await Promise.all(reports.map((report) => ensureTools(["etcd"], report, machine)));
    expect(one).toEqual(two);
    expect(readFileSync(join(dir, "go.log"), "utf8").match(/build -v/g)).toHaveLength(1);
    const waits = reports.flatMap(({ steps }) => steps).filter((step) => step.startsWith("Waiting"));
    expect(waits).toEqual([expect.stringContaining(`Waiting for process ${process.pid} on `)]);
    expect(readdirSync(machine.cache)).toEqual(["tools"]);
  });

  test("tools of one module are built together", async () => {
    const dir = scratch();
    playGo(dir, { says: "echo kwok version v0.8.0" });
    await ensureTools(["kwok", "kwokctl"], recorder(), playedMachine(dir));
    const builds = readFileSync(join(dir, "go.log"), "utf8").match(/^go build -v .*$/gm);
    expect(builds).toEqual([expect.stringMatching(/cmd\/kwok \S+cmd\/kwokctl$/)]);
  });

  test("build tags are given to Go, where there are any", async () => {
    const dir = scratch();
    playGo(dir, { says: "echo prometheus, version 3.16.0; echo etcd Version: 3.6.5" });
    const machine = playedMachine(dir);
    await ensureTools(["prometheus", "promtool"], recorder(), machine);
    await ensureTools(["etcd"], recorder(), machine);
    const [prometheus, etcd] = readFileSync(join(dir, "go.log"), "utf8").match(/^go build -v .*$/gm) ?? [];
    expect(prometheus).toMatch(
      / -tags remove_all_sd,enable_kubernetes_sd -o .*cmd\/prometheus \S+cmd\/promtool$/,
    );
    expect(etcd).not.toContain("-tags");
  });

  test("the programs of a node are made without touching those of the control plane", async () => {
    const dir = scratch();
    playGo(dir, { says: "echo Kubernetes v1.36.3" });
    const machine = playedMachine(dir);
    const before = await ensureTools(["kube-apiserver"], recorder(), machine);
    const got = await ensureTools(["kube-apiserver", "kubelet", "kube-proxy"], recorder(), machine);
    expect(got["kube-apiserver"]).toEqual(before["kube-apiserver"]);
    expect(readFileSync(join(dir, "go.log"), "utf8").match(/build -v/g)).toHaveLength(2);
    expect(dirname(got.kubelet.path)).toBe(dirname(got["kube-proxy"].path));
    expect(dirname(got.kubelet.path)).not.toBe(dirname(got["kube-apiserver"].path));
  });

  test("a program of one piece is built without C; others as the machine has it", async () => {
    const dir = scratch();
    playGo(dir, {
      build: `echo "$CGO_ENABLED" >>"${dir}/cgo"`,
      says: "echo pause 1.0.0; echo etcd Version: 3.6.5",
    });
    const machine = playedMachine(dir);
    await ensureTools(["pause"], recorder(), machine);
    await ensureTools(["etcd"], recorder(), machine);
    expect(readFileSync(join(dir, "cgo"), "utf8")).toBe("0\n\n");
  });

  test.each([
    ["path", "path"],
    ["official", "official"],
    ["build", "built"],
  ] as const)("IOT_VERIFICATION_TOOLS=%s uses nothing else", async (policy, origin) => {
    const dir = scratch();
    playGo(dir);
    writeScript(join(dir, "path", "etcd"), playedTool("etcd", "3.6.1"));
    const machine = playedMachine(dir, { ...publisher([]), policy });
    expect((await ensureTools(["etcd"], recorder(), machine)).etcd.origin).toBe(origin);
  });

  test("an unknown value of IOT_VERIFICATION_TOOLS is refused", () => {
    expect(() => thisMachine({ IOT_VERIFICATION_TOOLS: "yes" })).toThrow(
      'IOT_VERIFICATION_TOOLS is "yes"; allowed are any, path, official, build.',
    );
  });
});

describe("disk space", () => {
  test("needs on one disk add up, and the message names places and sizes", async () => {
    const dir = scratch();
    await requireSpace({ [dir]: 1, [join(dir, "not", "yet")]: 1 });
    const { bavail, bsize } = statfsSync(dir);
    const half = (bavail * bsize) / 2 + 1024 ** 3;
    await requireSpace({ [dir]: half });
    await expect(requireSpace({ [dir]: half, [join(dir, "x")]: half })).rejects.toThrow(
      /^the disk of \S+ and \S+x has [\d.]+ GiB free, the build needs about [\d.]+ GiB$/,
    );
  });
});
