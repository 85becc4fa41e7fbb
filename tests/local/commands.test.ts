import { describe, expect, it } from "vitest";
import { readArguments, requireStack } from "../../local/commands/arguments.ts";
import { policyPack, readCliCall } from "../../local/commands/cli-call.ts";
import { userKubeconfig } from "../../local/target.ts";

const words = (line: string) => line.split(" ").filter(Boolean);
const call = (line: string) => readCliCall(words(line));

describe("a command line of the CLI", () => {
  it.each([
    ["up", undefined],
    ["preview -s prod", "prod"],
    ["-s prod preview", "prod"],
    ["--stack prod preview", "prod"],
    ["preview --stack=prod", "prod"],
    ["preview -sprod", "prod"],
    ["preview -s=prod", "prod"],
    ["up -ys prod", "prod"],
    ["up --yes -s prod", "prod"],
    ["config set key -- -s", undefined],
  ])("names its stack: %s", (line, stack) => {
    expect(call(line).stack).toBe(stack);
  });

  it.each([
    ["up --yes", `up ${policyPack.join(" ")} --yes`],
    ["-s dev preview", `-s dev preview ${policyPack.join(" ")}`],
    ["--color never pre --diff", `--color never pre ${policyPack.join(" ")} --diff`],
    ["--non-interactive update", `--non-interactive update ${policyPack.join(" ")}`],
    ["destroy", "destroy"],
    ["config set up 1", "config set up 1"],
  ])("is judged where the CLI can: %s", (line, expected) => {
    expect(call(line).argv).toEqual(words(expected));
  });

  it.each([
    ["", "help"],
    ["--help", "help"],
    ["up --help", "help"],
    ["version", "help"],
    ["stack", "reads"],
    ["stack ls", "reads"],
    ["-s dev stack output gatewayUrl", "reads"],
    ["stack --show-urns", "reads"],
    ["stack rm --yes", "changes"],
    ["config", "reads"],
    ["config get key", "reads"],
    ["config set key value", "changes"],
    ["cancel --yes", "reads"],
    ["state delete urn", "changes"],
    ["preview", "cluster"],
    ["dn", "cluster"],
    ["refresh", "cluster"],
    ["config set key -- --help", "changes"],
    ["unheard-of", "changes"],
  ])("needs no more than it must: %s", (line, kind) => {
    const { asksForHelp, onlyReads, needsCluster } = call(line);
    const found = asksForHelp ? "help" : onlyReads ? "reads" : needsCluster ? "cluster" : "changes";
    expect(found).toBe(kind);
  });

  it.each([
    ["up --yes", true],
    ["-s dev up", true],
    ["down", true],
    ["preview", false],
    ["up --target urn", false],
    ["up -t urn", false],
    ["up -yt urn", false],
    ["up --target-replace=urn", false],
    ["destroy --preview-only", false],
    ["destroy --exclude-protected", false],
  ])("converges: %s", (line, converges) => {
    expect(call(line).converges).toBe(converges);
  });
});

describe("arguments", () => {
  it("are refused in one sentence and with the usage", () => {
    const read = () => readArguments({ argv: ["--frob"], options: {}, usage: "npm run up" });
    expect(read).toThrow(/^Unknown option '--frob'\nUsage: npm run up$/);
  });

  it("name the stacks that there are", () => {
    expect(() => requireStack("nope", "npm run up")).toThrow(
      /^there is no stack "nope"; stacks here are cluster, dev, prod\nUsage: npm run up$/,
    );
  });
});

describe("the user's kubeconfig", () => {
  it.each([
    ["kube/config", "/called/here/kube/config"],
    ["/etc/kube:own", "/etc/kube:/called/here/own"],
  ])("is found where the command was called: %s", (KUBECONFIG, expected) => {
    expect(userKubeconfig({ KUBECONFIG, INIT_CWD: "/called/here" })).toBe(expected);
  });

  it.each([undefined, ""])("is the one in the home folder without a setting: %j", (KUBECONFIG) => {
    expect(userKubeconfig({ KUBECONFIG })).toMatch(/\/\.kube\/config$/);
  });
});
