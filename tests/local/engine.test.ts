import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname, tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { engineEnvironment } from "../../local/engine/environment.ts";
import {
  clearDeadLocks,
  openWorkspace,
  pulumi,
  recover,
  type WorkspaceArgs,
} from "../../local/engine/index.ts";
import { chooseStandIns } from "../../local/engine/plugins.ts";
import { checkpointFile } from "../../local/engine/recover.ts";

let folder: string;
let said: string[];
const report = { step: (line: string) => void said.push(line), detail: () => {} };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "engine it's "));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(file: string, text: string, mode?: number): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text, { mode });
  return file;
}

const stateOf = (stack: string) => ({ stateDir: join(folder, "state"), project: "proj", stack });

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
    downloadPlugins: false,
  });

  it("keeps nothing of the user's Pulumi settings and kubeconfig", () => {
    expect(environment).toEqual({
      HOME: "/home/me",
      PATH: "/checkout/node_modules/.bin:/usr/bin",
      KUBECONFIG: "/state/kubeconfig",
      PULUMI_BACKEND_URL: "file:///state/backend",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/state/passphrase",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_HOME: "/cache/pulumi-home",
      PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_STACK: "dev",
      PULUMI_SUPPRESS_NEO_LINK: "true",
    });
  });
});

describe("the choice of stand-ins", () => {
  const kubernetes = { path: "/cache/pulumi-resource-kubernetes", origin: "official" } as const;
  const built = { path: "/cache/pulumi", origin: "built" } as const;

  it("takes none of ours with the official CLI", () => {
    const tools = { pulumi: { path: "/cache/pulumi", origin: "official" }, kubernetes } as const;
    expect(chooseStandIns(tools)).toEqual({ languageHost: false, random: false });
  });

  it("takes the language host for a CLI that was built, and downloads plugins where that works", () => {
    expect(chooseStandIns({ pulumi: built, kubernetes })).toEqual({ languageHost: true, random: false });
  });

  it("takes both where plugins cannot be downloaded", () => {
    const both = { languageHost: true, random: true };
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

/** A CLI that writes down how it was called and makes a stack's state on `init`, or fails. */
function fakeCli({ code = 0, says = "" } = {}): string {
  return write(
    join(folder, "bin", "pulumi"),
    `#!/bin/sh
echo "$PULUMI_STACK $PULUMI_K8S_UPSERT_EXISTING_OBJECTS,$PULUMI_K8S_ENABLE_PATCH_FORCE|$*" >> '${join(folder, "calls").replaceAll("'", "'\\''")}'
[ "$1 $2 ${code}" = "stack init 0" ] && mkdir -p ../backend/.pulumi/stacks/proj && echo '{}' > ../backend/.pulumi/stacks/proj/$3.json
[ -z "${says}" ] || echo "${says}" >&2
exit ${code}
`,
    0o755,
  );
}
const calls = () => readFileSync(join(folder, "calls"), "utf8").trim().split("\n");

function workspaceArgs(changes: Partial<WorkspaceArgs> = {}): WorkspaceArgs {
  const checkout = join(folder, "checkout");
  write(join(checkout, "Pulumi.yaml"), "name: proj\nruntime: nodejs\nbackend: {url: s3://theirs}\n");
  write(join(checkout, "Pulumi.dev.yaml"), "config:\n  proj:size: small\n");
  return {
    stack: "dev",
    stateDir: join(folder, "state"),
    checkout,
    tools: changes.tools ?? { pulumi: { path: fakeCli(), origin: "built" } },
    cluster: { kubeconfig: "/state/kubeconfig", context: "kwok-dev" },
    report,
    ...changes,
  };
}

describe("a workspace", () => {
  it("is a copy of the project that runs the program in the checkout", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    expect(parse(readFileSync(join(workspace.dir, "Pulumi.yaml"), "utf8"))).toEqual({
      name: "proj",
      runtime: "nodejs",
      main: join(folder, "checkout"),
      plugins: {
        languages: [{ name: "nodejs", path: join(folder, "state", "plugins", "pulumi-language-nodejs") }],
        providers: [{ name: "random", path: join(folder, "state", "plugins", "pulumi-resource-random") }],
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
      "#!/bin/sh\necho $$ $*; exec sleep 60\n",
      0o755,
    );
    const tools = {
      pulumi: { path: fakeCli(), origin: "official" },
      kubernetes: { path, origin: "built" },
    } as const;
    await openWorkspace(workspaceArgs({ tools, standIns: { languageHost: false, random: false } }));
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

  it("returns the CLI's exit code", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    fakeCli({ code: 7 });
    expect(await pulumi(workspace, ["preview"])).toBe(7);
  });
});

describe("recovery", () => {
  const lockFile = () => join(folder, "state/backend/.pulumi/locks/organization/proj/dev/id.json");
  const lock = (changes: object) =>
    write(
      lockFile(),
      JSON.stringify({
        pid: process.pid,
        username: userInfo().username,
        hostname: hostname(),
        timestamp: "2026-01-01T00:00:00Z",
        ...changes,
      }),
    );
  /** A process whose name is `pulumi`. */
  function spawnHolder(): ChildProcess {
    const script = write(join(folder, "holder", "pulumi"), "#!/bin/sh\nsleep 60 & wait\n", 0o755);
    return spawn(script, { stdio: "ignore", detached: true });
  }
  async function deadPid(): Promise<number> {
    const child = spawn("true");
    await new Promise((resolve) => child.once("close", resolve));
    return child.pid ?? 0;
  }

  it("removes the lock of a dead process and says so", async () => {
    lock({ pid: await deadPid() });
    write(`${lockFile()}.attrs`, "{}");
    clearDeadLocks(stateOf("dev"), report);
    expect(existsSync(lockFile())).toBe(false);
    expect(existsSync(`${lockFile()}.attrs`)).toBe(false);
    expect(said).toEqual([
      expect.stringMatching(/^Removed the lock of a command that was killed \(.*2026-01-01/),
    ]);
  });

  it("removes the lock whose process number another program got", () => {
    lock({ pid: process.pid });
    clearDeadLocks(stateOf("dev"), report);
    expect(existsSync(lockFile())).toBe(false);
  });

  it("respects a live holder and names it", async () => {
    const holder = spawnHolder();
    lock({ pid: holder.pid });
    const clear = () => {
      clearDeadLocks(stateOf("dev"), report);
      return "cleared";
    };
    await expect
      .poll(() => attempt(clear))
      .toMatch(new RegExp(`in use by .*process ${holder.pid}.*kill -INT ${holder.pid}`));
    process.kill(-(holder.pid ?? 0), "SIGKILL");
    await new Promise((resolve) => holder.once("close", resolve));
    expect(clear()).toBe("cleared");
  });

  it.each([{ hostname: "elsewhere" }, { username: "somebody" }])("leaves the lock of %j alone", (other) => {
    lock(other);
    expect(() => clearDeadLocks(stateOf("dev"), report)).toThrow(
      /cannot be checked from here.*pulumi -- cancel --yes/,
    );
    expect(existsSync(lockFile())).toBe(true);
  });

  it("leaves the locks of other stacks alone", async () => {
    lock({ pid: await deadPid() });
    clearDeadLocks(stateOf("prod"), report);
    expect(existsSync(lockFile())).toBe(true);
  });

  const interrupted = {
    checkpoint: {
      latest: {
        pending_operations: [{ type: "creating", resource: { urn: "urn:pulumi:dev::proj::a:b:C::name" } }],
      },
    },
  };

  it("settles interrupted operations, and adopts what exists until a deployment succeeds, and owns it afterwards", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    write(checkpointFile(workspace), JSON.stringify(interrupted));
    await recover(workspace, report);
    expect(said).toEqual([expect.stringContaining("killed while creating name")]);
    await pulumi(workspace, ["preview"]);
    fakeCli({ code: 1 });
    await pulumi(workspace, ["up", "--yes"]);
    fakeCli();
    await pulumi(workspace, ["up", "--yes"]);
    await pulumi(workspace, ["up", "--yes"]);
    const file = join(folder, "state", "interrupted-state.json");
    expect(calls().slice(1)).toEqual([
      `dev true,true|stack export --file ${file} --non-interactive`,
      `dev true,true|stack import --file ${file} --non-interactive`,
      "dev true,true|preview",
      "dev true,true|up --yes",
      "dev true,true|up --yes",
      "dev ,true|up --yes",
    ]);
  });

  it("restores a state that was cut off from its backup", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    const file = checkpointFile(workspace);
    write(`${file}.bak`, '{"version":3}');
    write(file, '{"versi');
    await recover(workspace, report);
    expect(readFileSync(file, "utf8")).toBe('{"version":3}');
    expect(said).toHaveLength(1);
  });

  it("does nothing after an orderly end", async () => {
    const workspace = await openWorkspace(workspaceArgs());
    await recover(workspace, report);
    expect(said).toEqual([]);
    expect(calls()).toHaveLength(1);
  });
});

function attempt(act: () => string): string {
  try {
    return act();
  } catch (error) {
    return (error as Error).message;
  }
}
