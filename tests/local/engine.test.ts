import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { engineEnvironment } from "../../local/engine/environment.ts";
import { openWorkspace, pulumi } from "../../local/engine/index.ts";
import { chooseStandIns } from "../../local/engine/plugins.ts";
import { calls, fakeCli, folder, said, useFolder, workspaceArgs, write } from "./engine-fixtures.ts";

useFolder();

describe("the environment", () => {
  const environment = engineEnvironment({
    user: {
      PATH: "/usr/bin",
      HOME: "/home/me",
      KUBECONFIG: "/home/me/.kube/config",
      PULUMI_ACCESS_TOKEN: "token",
      PULUMI_BACKEND_URL: "s3://theirs",
      PULUMI_STACK: "theirs",
      PULUMI_CONFIG: "{}",
      PULUMI_CONFIG_PASSPHRASE: "theirs",
      PULUMI_OPTION_PARALLEL: "1",
    },
    checkout: "/checkout",
    stack: "dev",
    backendUrl: "file:///state/backend",
    pulumiHome: "/cache/pulumi-home",
    passphraseFile: "/state/passphrase",
    kubeconfig: "/state/kubeconfig",
    compileCache: "/cache/compiled",
    downloadPlugins: false,
  });

  it("keeps nothing of the user's Pulumi settings and kubeconfig", () => {
    expect(environment).toEqual({
      HOME: "/home/me",
      PATH: "/checkout/node_modules/.bin:/usr/bin",
      KUBECONFIG: "/state/kubeconfig",
      NODE_COMPILE_CACHE: "/cache/compiled",
      GOGC: "400",
      PULUMI_BACKEND_URL: "file:///state/backend",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/state/passphrase",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_HOME: "/cache/pulumi-home",
      PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_STACK: "dev",
      PULUMI_SUPPRESS_NEO_LINK: "true",
      PULUMI_PARALLEL: "64",
    });
  });
});

describe("the choice of stand-ins", () => {
  const kubernetes = { path: "/cache/pulumi-resource-kubernetes", origin: "official" } as const;
  const built = { path: "/cache/pulumi", origin: "built" } as const;

  it("takes none of ours with the official CLI", () => {
    const tools = { pulumi: { path: "/cache/pulumi", origin: "official" }, kubernetes } as const;
    expect(chooseStandIns(tools)).toEqual({ languageHost: false, providers: false });
  });

  it("takes the language host for a CLI that was built, and downloads plugins where that works", () => {
    expect(chooseStandIns({ pulumi: built, kubernetes })).toEqual({ languageHost: true, providers: false });
  });

  it("takes both where plugins cannot be downloaded", () => {
    const both = { languageHost: true, providers: true };
    expect(chooseStandIns({ pulumi: built, kubernetes: { ...kubernetes, origin: "built" } })).toEqual(both);
    expect(chooseStandIns({ pulumi: built })).toEqual(both);
  });

  it("takes the language host beside a CLI found on the machine, if there is one", () => {
    const tools = {
      pulumi: { path: write(join(folder, "bin", "pulumi"), "", 0o755), origin: "path" },
      kubernetes,
    } as const;
    expect(chooseStandIns(tools).languageHost).toBe(true);
    write(join(folder, "bin", "pulumi-language-nodejs"), "", 0o755);
    expect(chooseStandIns(tools).languageHost).toBe(false);
  });
});

describe("a workspace", () => {
  it("is a copy of the project that runs the program in the checkout", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    expect(parse(readFileSync(join(workspace.dir, "Pulumi.yaml"), "utf8"))).toEqual({
      name: "proj",
      runtime: "nodejs",
      main: join(folder, "checkout"),
      plugins: {
        languages: [{ name: "nodejs", path: join(folder, "state", "plugins", "pulumi-language-nodejs") }],
        providers: ["random", "tls"].map((name) => ({
          name,
          path: join(folder, "state", "plugins", `pulumi-resource-${name}`),
        })),
      },
    });
    expect(parse(readFileSync(join(workspace.dir, "Pulumi.dev.yaml"), "utf8"))).toEqual({
      config: { "proj:size": "small", "kubernetes:context": "kwok-dev" },
    });
  });

  it("creates the stack once and without a terminal", async () => {
    await openWorkspace(workspaceArgs());
    await openWorkspace(workspaceArgs());
    expect(calls()).toEqual(["dev ,|stack init dev --no-select --non-interactive"]);
  });

  it("keeps its passphrase to its user, and between runs", async () => {
    const { env } = await openWorkspace(workspaceArgs());
    const file = env.PULUMI_CONFIG_PASSPHRASE_FILE ?? "";
    const passphrase = readFileSync(file, "utf8");
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(passphrase).toMatch(/^[\w-]{43}$/);
    await openWorkspace(workspaceArgs());
    expect(readFileSync(file, "utf8")).toBe(passphrase);
  });

  it("names the Kubernetes provider's folder and places no stand-in for official tools", async () => {
    const tools = {
      pulumi: { path: fakeCli(), origin: "official" },
      kubernetes: { path: "/cache/k8s/pulumi-resource-kubernetes", origin: "official" },
    } as const;
    const workspace = await openWorkspace(workspaceArgs({ tools }));
    expect(parse(readFileSync(join(workspace.dir, "Pulumi.yaml"), "utf8")).plugins).toEqual({
      languages: [],
      providers: [{ name: "kubernetes", path: join(folder, "state/plugins/pulumi-resource-kubernetes") }],
    });
    expect(workspace.env).not.toHaveProperty("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION");
  });

  it("ends the Kubernetes provider with the engine that started it", async () => {
    const path = write(
      join(folder, "bin", "pulumi-resource-kubernetes"),
      "#!/bin/sh\necho $$ $*; while :; do sleep 0.1; done\n",
      0o755,
    );
    const tools = {
      pulumi: { path: fakeCli(), origin: "official" },
      kubernetes: { path, origin: "built" },
    } as const;
    await openWorkspace(workspaceArgs({ tools, standIns: { languageHost: false, providers: false } }));
    const launcher = join(folder, "state/plugins/pulumi-resource-kubernetes/pulumi-resource-kubernetes");
    const provider = spawn(launcher, ["127.0.0.1:1"]);
    const first = await new Promise((resolve) =>
      provider.stdout.once("data", (data) => resolve(String(data))),
    );
    expect(first).toBe(`${provider.pid} 127.0.0.1:1\n`);
    provider.stdin.end();
    expect(await new Promise((resolve) => provider.once("close", (_, signal) => resolve(signal)))).toBe(
      "SIGTERM",
    );
  });

  it("refuses stand-ins for a remote backend", async () => {
    await expect(openWorkspace(workspaceArgs({ backendUrl: "s3://bucket" }))).rejects.toThrow(
      /pulumi-language-nodejs is a stand-in.*refuses the backend "s3:\/\/bucket".*only file:\/\//,
    );
    expect(existsSync(join(folder, "calls"))).toBe(false);
  });

  it("names the file that a missing stack needs", async () => {
    await expect(openWorkspace(workspaceArgs({ stack: "staging" }))).rejects.toThrow(
      /there is no stack "staging": .*Pulumi\.staging\.yaml does not exist/,
    );
  });

  it("says what the CLI said when the stack cannot be created", async () => {
    const tools = {
      pulumi: { path: fakeCli({ code: 3, says: "error: no space left" }), origin: "built" },
    } as const;
    await expect(openWorkspace(workspaceArgs({ tools }))).rejects.toThrow(
      /cannot create the stack dev: pulumi stack init failed:\nerror: no space left/,
    );
  });

  it.each([
    ["Pulumi.yaml", "", /Pulumi\.yaml must be a YAML mapping of keys to values; it is empty/],
    ["Pulumi.yaml", "runtime: nodejs\n", /Pulumi\.yaml must give the project's name as "name"/],
    ["Pulumi.dev.yaml", "config: {\n", /Pulumi\.dev\.yaml is not YAML: /],
    ["Pulumi.dev.yaml", "config: [a]\n", /"config" of .*Pulumi\.dev\.yaml must be a YAML mapping/],
  ])("names a %s that is %j", async (file, text, message) => {
    const args = workspaceArgs();
    write(join(folder, "checkout", file), text);
    await expect(openWorkspace(args)).rejects.toThrow(message);
    expect(existsSync(join(folder, "calls"))).toBe(false);
  });

  it.each([["missing"], ["empty"]])("makes a %s copy of the configuration anew and says so", async (how) => {
    const { dir } = await openWorkspace(workspaceArgs());
    const copy = join(dir, "Pulumi.dev.yaml");
    const before = readFileSync(copy, "utf8");
    rmSync(copy);
    if (how === "empty") write(copy, "\n");
    await openWorkspace(workspaceArgs());
    expect(readFileSync(copy, "utf8")).toBe(before);
    expect(said).toEqual([expect.stringContaining(`${copy} was missing or empty`)]);
  });

  it("gives each command a folder for temporary files, and removes it", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    const cli = `#!/bin/sh\necho secret > "$TMPDIR/kubeconfig1"; echo "$TMPDIR" > ../tmpdir\n`;
    write(workspace.pulumi, cli, 0o755);
    expect(await pulumi(workspace, ["preview"])).toBe(0);
    const used = readFileSync(join(folder, "state", "tmpdir"), "utf8").trim();
    expect(dirname(used)).toBe(join(folder, "state", "tmp"));
    expect(existsSync(used)).toBe(false);
  });

  it("stops the CLI once when the cluster breaks under it", async () => {
    const broken = async () => "the API server ended";
    const cluster = { kubeconfig: "/state/kubeconfig", context: "kwok-dev", broken };
    const workspace = await openWorkspace(workspaceArgs({ cluster }));
    const cli = `#!/bin/sh\ntrap 'n=$((n+1))' INT\nfor i in $(seq 50); do sleep 0.1; done\nexit $n\n`;
    write(workspace.pulumi, cli, 0o755);
    expect(await pulumi(workspace, ["up"])).toBe(1);
    expect(said).toEqual([expect.stringMatching(/^the API server ended\nStopping the Pulumi CLI/)]);
  }, 20_000);

  it("returns the CLI's exit code", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    fakeCli({ code: 7 });
    expect(await pulumi(workspace, ["preview"])).toBe(7);
  });
});
