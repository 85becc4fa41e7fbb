import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { existingCluster } from "../cluster/index.ts";
import { ask } from "../engine/index.ts";
import { stateDir } from "../paths.ts";
import type { Report } from "../report.ts";
import { clusterName, openOffline, type SessionCluster } from "../session.ts";
import { recordedTarget } from "../target.ts";
import { ensureTools } from "../toolchain/index.ts";
import { askKubectl, callOf, type Kubectl } from "./kubectl.ts";
import type { Outputs } from "./outputs.ts";

/** The API of a deployed stack, as this machine reaches it. */
export interface GatewayAccess {
  /** URL without a path. */
  readonly url: string;
  readonly apiKey: string;
  /** Ends what was started to reach it. */
  readonly close: () => void;
}

/**
 * Finds a way to the API of a stack and the key that opens it. Changes neither stack nor cluster.
 *
 * @throws when the stack is not up, or its gateway runs nowhere
 */
export async function openGateway(args: {
  readonly stack: string;
  readonly report: Report;
}): Promise<GatewayAccess> {
  const { stack, report } = args;
  const place = placeOf(stack);
  if (!place) throw new Error(`stack ${stack} is not up; deploy it with \`${upCommand(stack)}\``);
  const outputs = await outputsOf(args);
  const { namespace, gatewayUrl, credentialSecrets } = outputs;
  if (!namespace || !gatewayUrl || !credentialSecrets?.gateway)
    throw new Error(`stack ${stack} is not deployed completely; run \`${upCommand(stack)}\``);
  if (place.form === "simulated") {
    throw new Error(
      "no program of the platform runs in a simulated cluster, so nothing answers; docs/local.md says what " +
        "another form of the local cluster takes, and `npm run up -- --context NAME` deploys to a cluster of yours",
    );
  }
  const { kubectl } = await ensureTools(["kubectl"], report);
  const cluster: Kubectl = { program: kubectl.path, ...place, namespace };
  const apiKey = await readEntry(cluster, credentialSecrets.gateway, "api-key").catch((error: Error) => {
    throw new Error(
      `${error.message.trim()}. If the local cluster does not run, \`${upCommand(stack)}\` starts it`,
    );
  });
  if (place.gateway) return { apiKey, url: place.gateway, close: () => undefined };
  return { apiKey, ...(await forward(cluster, new URL(gatewayUrl))) };
}

/** Where a stack is deployed. */
function placeOf(stack: string): SessionCluster | undefined {
  const target = recordedTarget(stack);
  if (target?.kind === "context") return target;
  return target && existingCluster({ stateDir: stateDir(stack), name: clusterName(stack) });
}

async function outputsOf(args: { stack: string; report: Report }): Promise<Partial<Outputs>> {
  return JSON.parse(await ask(await openOffline(args), ["stack", "output", "--json"])) as Partial<Outputs>;
}

function upCommand(stack: string): string {
  return stack === "dev" ? "npm run up" : `npm run up -- --stack ${stack}`;
}

async function readEntry(cluster: Kubectl, secret: string, entry: string): Promise<string> {
  const command = ["get", "secret", secret];
  const { data } = await askKubectl<{ data?: Readonly<Record<string, string>> }>(cluster, command);
  const value = data?.[entry];
  if (value === undefined) throw new Error(`Secret ${secret} has no entry ${entry}`);
  return Buffer.from(value, "base64").toString();
}

/** `kubectl port-forward` on a free port, for clusters whose Services this machine does not reach. */
export async function forward(cluster: Kubectl, inside: URL): Promise<Omit<GatewayAccess, "apiKey">> {
  const service = inside.hostname.split(".")[0];
  const { argv, env } = callOf(cluster);
  const all = [...argv, "port-forward", `service/${service}`, `:${inside.port || 80}`];
  const child = spawn(cluster.program, all, { env, stdio: ["ignore", "pipe", "pipe"] });
  const said: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
  const url = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      const port = /^Forwarding from 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
      if (port) resolve(`http://127.0.0.1:${port}`);
    });
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`kubectl port-forward ended: ${said.slice(-3).join(" / ")}`)));
  });
  return { url, close: () => child.kill() };
}
