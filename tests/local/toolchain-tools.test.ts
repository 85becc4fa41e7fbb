import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { thisMachine } from "../../local/toolchain/index.ts";
import type { modules } from "../../local/toolchain/modules.ts";
import { tools } from "../../local/toolchain/tools.ts";
import { fits } from "../../local/toolchain/version.ts";

const moduleDir = (name: string) => join(thisMachine({}).modulesDir, name);

describe("table of tools", () => {
  test.each([
    ["pulumi", "3.231.9", false],
    ["pulumi", "3.232.0", true],
    ["pulumi", "3.265.0", true],
    ["pulumi", "4.0.0-alpha.1", false],
    ["pulumi", "4.0.0", false],
    ["kube-apiserver", "1.33.9", false],
    ["kube-apiserver", "1.34.0", true],
    ["kube-apiserver", "1.36.3", true],
    ["kube-apiserver", "1.37.0-alpha.1", false],
    ["kubectl", "1.32.4-dispatcher", true],
    ["kubectl", "1.31.14", false],
    ["etcd", "3.4.37", false],
    ["etcd", "3.5.21", true],
    ["etcd", "3.7.0", false],
    ["kwokctl", "0.6.1", false],
    ["kwokctl", "0.8.0", true],
    ["kubelet", "1.37.0", false],
    ["kube-proxy", "1.36.3", true],
    ["coredns", "1.10.1", false],
    ["coredns", "1.15.0", true],
    ["kube-network-policies", "1.2.0", false],
    ["versitygw", "1.7.9", false],
    ["versitygw", "1.9.0", true],
    ["prometheus", "3.15.2", false],
    ["promtool", "3.17.0", true],
    ["prometheus", "4.0.0", false],
    ["alertmanager", "0.35.0", false],
    ["amtool", "0.34.3", true],
    ["kube-state-metrics", "2.18.1", true],
    ["blackbox_exporter", "0.28.0", true],
    ["statsd_exporter", "0.27.0", false],
    ["z3", "4.8.12", false],
    ["z3", "5.4.1", true],
    ["z3", "5.4.2", true],
    ["z3", "5.5.0", false],
    ["pulumi-resource-kubernetes", "4.25.0", false],
    ["pulumi-resource-kubernetes", "4.34.2+built.from.4.25.0", true],
  ] as const)("%s %s on PATH fits: %s", (name, version, expected) => {
    expect(fits(version, tools[name].accepted)).toBe(expected);
  });

  test("what we build and what we fetch fits as well as what is on PATH", () => {
    for (const tool of Object.values(tools)) {
      const official = tool.official({ os: "linux", arch: "arm64" });
      const offered = [tool.build?.version, official?.version].filter((version) => version !== undefined);
      expect(offered.length, tool.name).toBeGreaterThan(0);
      for (const version of offered) expect(fits(version, tool.accepted), tool.name).toBe(true);
    }
  });

  test("every module pins the version that its tools are said to have, with sums", () => {
    const pins: Record<keyof typeof modules, RegExp> = {
      pulumi: /github\.com\/pulumi\/pulumi\/pkg\/v3 v3\.232\.0\b/,
      "provider-kubernetes": /pulumi-kubernetes\/provider\/v4 v4\.0\.0-20260115033456-f47bc2d6f199\b/,
      kubernetes: /k8s\.io\/kubernetes v1\.36\.3\b/,
      etcd: /go\.etcd\.io\/etcd\/server\/v3 v3\.6\.5\b/,
      kwok: /sigs\.k8s\.io\/kwok v0\.8\.0\b/,
      "kubernetes-node": /k8s\.io\/kubernetes v1\.36\.3\b/,
      coredns: /github\.com\/coredns\/coredns v1\.15\.0\b/,
      "kube-network-policies": /sigs\.k8s\.io\/kube-network-policies v1\.1\.0\b/,
      versitygw: /github\.com\/versity\/versitygw v1\.8\.0\b/,
      // Modules of Prometheus 3.N are v0.300+N.
      prometheus: /github\.com\/prometheus\/prometheus v0\.316\.0\b/,
      alertmanager: /github\.com\/prometheus\/alertmanager v0\.34\.2\b/,
      "kube-state-metrics": /k8s\.io\/kube-state-metrics\/v2 v2\.18\.0\b/,
      "blackbox-exporter": /github\.com\/prometheus\/blackbox_exporter v0\.28\.0\b/,
      "statsd-exporter": /github\.com\/prometheus\/statsd_exporter v0\.28\.0\b/,
      judges: /zegl\/kube-score v1\.20\.0\b/,
      // Made of nothing but Go's own library.
      pause: /^module local\/pause\n\ngo 1\.26\.0\n$/,
    };
    for (const [name, pin] of Object.entries(pins)) {
      expect(readFileSync(join(moduleDir(name), "go.mod"), "utf8"), name).toMatch(pin);
      if (name === "pause") continue;
      expect(readFileSync(join(moduleDir(name), "go.sum"), "utf8").length, name).toBeGreaterThan(1000);
    }
  });

  test("node and control plane are built from the same versions of what both need", () => {
    const pins = (name: string) => {
      const lines = readFileSync(join(moduleDir(name), "go.mod"), "utf8").split("\n");
      const found = lines.map((line) => /^\t(\S+) (v\S+)/.exec(line)).filter((match) => match !== null);
      return new Map(found.map(([, module = "", version = ""]) => [module, version]));
    };
    const controlPlane = pins("kubernetes");
    const both = [...pins("kubernetes-node")].filter(([module]) => controlPlane.has(module));
    expect(both.length).toBeGreaterThan(50);
    for (const [module, version] of both) expect(controlPlane.get(module), module).toBe(version);
  });

  test("the sums of what no checksum database knows are those that were compared with upstream", () => {
    const sums = readFileSync(join(moduleDir("provider-kubernetes"), "go.sum"), "utf8");
    expect(sums).toContain("f47bc2d6f199 h1:j2bphCf7c2YhnBrhwht2f3TNRRgcMImltUlAgzxr9H4=");
    expect(sums).toContain("cloud-ready-checks v1.3.0 h1:sakLHDVOxw6xQQI61NV+sjZNlVbDOe3G6Ie+YQ7le38=");
  });
});
