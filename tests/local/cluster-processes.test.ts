import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { roleOf } from "../../local/cluster/processes.ts";
import { parsePsLine, startFromStat } from "../../local/processes.ts";

describe("the proof that a process belongs to a cluster", () => {
  const ownership = {
    clusterHome: "/w/.local/dev/cluster/.kwok/clusters/dev",
    configFile: "/w/.local/dev/cluster/kwokctl.yaml",
    nodeConfigFile: "/w/.local/dev/cluster/node/node.json",
    operatorsConfigFile: "/w/.local/dev/cluster/operators.yaml",
    recorded: [{ pid: 7, started: "boot/100" }],
  };
  const role = (commandLine: string, pid = 1, started = "boot/1") =>
    roleOf({ pid, started, commandLine }, ownership);

  test.each([
    ["etcd", `${ownership.clusterHome}/bin/etcd --name=node0`],
    ["kube-apiserver", `${ownership.clusterHome}/bin/kube-apiserver --etcd-prefix=/registry`],
    ["kwok-controller", `${ownership.clusterHome}/bin/kwok-controller`],
    [
      "kwokctl",
      `/opt/tools/kwokctl create cluster --name dev --kubeconfig  --config ${ownership.configFile}`,
    ],
    ["kwokctl", `/usr/bin/kubectl --kubeconfig ${ownership.clusterHome}/kubeconfig.yaml get --raw /version`],
    [
      "node",
      `unshare --pid --fork sh -c x sh /n/node /w/local/cluster/node/supervise.ts ${ownership.nodeConfigFile}`,
    ],
    ["node", `/n/node /w/local/cluster/node/supervise.ts ${ownership.nodeConfigFile}`],
    ["relay", `/n/node /w/local/cluster/node/relay.ts ${ownership.nodeConfigFile}`],
    [
      "operators",
      `/opt/tools/kwok --kubeconfig /w/.local/dev/cluster/kubeconfig --config ${ownership.operatorsConfigFile}`,
    ],
  ])("%s: %s", (expected, commandLine) => {
    expect(role(commandLine)).toBe(expected);
  });

  test.each([
    ["a tool of the same name elsewhere", "/usr/bin/etcd --data-dir=/var/lib/etcd"],
    ["the cluster of another stack", "/w/.local/prod/cluster/.kwok/clusters/dev/bin/etcd --name=node0"],
    ["a cluster whose folder begins alike", `${ownership.clusterHome}2/bin/etcd --name=node0`],
    ["an editor on one of the logs", `vim ${ownership.clusterHome}/logs/etcd.log`],
    ["the user's kubectl", "kubectl --kubeconfig /w/.local/dev/cluster/kubeconfig get pods -w"],
    [
      "kwokctl of another stack",
      "/opt/kwokctl create cluster --name dev --config /w/.local/prod/cluster/kwokctl.yaml",
    ],
    [
      "the node of another stack",
      "/n/node /w/local/cluster/node/supervise.ts /w/.local/prod/cluster/node/node.json",
    ],
    [
      "what plays the operators of another stack",
      "/opt/tools/kwok --kubeconfig /w/.local/prod/cluster/kubeconfig --config /w/.local/prod/cluster/operators.yaml",
    ],
    ["an editor on the node's configuration", `vim ${ownership.nodeConfigFile}`],
    ["a program whose name begins alike", `${ownership.clusterHome}/bin/etcdctl get`],
  ])("not %s", (_, commandLine) => {
    expect(role(commandLine)).toBeUndefined();
  });

  test("a noted process is known after its folder was moved, but its pid alone proves nothing", () => {
    const moved = "/old/place/bin/etcd --name=node0";
    expect(role(moved, 7, "boot/100")).toBe("etcd");
    expect(role("/n/node /w/local/cluster/node/relay.ts /old/node.json", 7, "boot/100")).toBe("relay");
    expect(role(moved, 7, "boot/101")).toBeUndefined();
    expect(role(moved, 8, "boot/100")).toBeUndefined();
  });

  test("reads the start of a process whose name holds parentheses and spaces", () => {
    const fields = Array.from({ length: 40 }, (_, index) => String(index + 3));
    fc.assert(
      fc.property(fc.string(), (name) => {
        expect(startFromStat(`12 (${name.replaceAll(")", "")}) ) ${fields.join(" ")}`)).toMatch(/\/22$/);
      }),
    );
  });

  test("reads a line of ps", () => {
    expect(parsePsLine("  512 Mon Nov 23 07:05:16 2026 /a b/bin/etcd --name=node0")).toEqual({
      pid: 512,
      started: "Mon Nov 23 07:05:16 2026",
      commandLine: "/a b/bin/etcd --name=node0",
    });
    expect(parsePsLine("")).toBeUndefined();
  });
});
