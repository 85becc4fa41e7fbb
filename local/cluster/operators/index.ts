/** Takes the place of the operators that a stack needs: their kinds are real, and what they do to status is played. */
import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { stringify } from "yaml";
import { installedVersions, type OperatorId, operators } from "../../../components/contract/operators.ts";
import { writeWhole } from "../../files.ts";
import { type Admin, call } from "../api.ts";
import type { ClusterFiles } from "../files.ts";
import { ownershipOf } from "../files.ts";
import { apply, until } from "../furnish.ts";
import { LaunchError, tailOf } from "../launch.ts";
import { ownProcesses } from "../processes.ts";
import type { Initial } from "../settings.ts";
import type { Stage } from "../stages.ts";
import type { Definition } from "./definitions.ts";

export { type Definition, definitionsOf } from "./definitions.ts";
export { operatorStages } from "./stages.ts";

/** The operators that a stack needs. */
export interface OperatorKinds {
  readonly ids: readonly OperatorId[];
  readonly definitions: readonly Definition[];
}

const definitionsPath = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/** The kinds, and the record that says that their operators are there. */
export function operatorObjects({ ids, definitions }: OperatorKinds): readonly (readonly Initial[])[] {
  const { namespace, name } = installedVersions;
  const data = Object.fromEntries(ids.map((id) => [id, operators[id].version]));
  const kinds = definitions.map((object) => ({ collection: definitionsPath, object: { ...object } }));
  const place = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
  const record = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data };
  return [
    [...kinds, { collection: "/api/v1/namespaces", object: place }],
    [{ collection: `/api/v1/namespaces/${namespace}/configmaps`, object: record }],
  ];
}

export interface OperatorsArgs {
  readonly files: ClusterFiles;
  readonly admin: Admin;
  readonly kinds: OperatorKinds;
  readonly stages: readonly Stage[];
  /** The program that plays stages. */
  readonly kwok: string;
  readonly signal: AbortSignal;
}

/** Makes the kinds known, and starts what plays their operators. @throws LaunchError with the end of its log */
export async function startOperators(args: OperatorsArgs): Promise<void> {
  const { admin, kinds, stages, signal } = args;
  for (const objects of operatorObjects(kinds)) await apply(admin, objects);
  for (const { metadata } of kinds.definitions)
    await until(`The kind ${metadata.name} was not known`, () => isEstablished(admin, metadata.name), signal);
  // kwok reads there how to patch a kind.
  const isDescribed = async () => {
    const { body } = await call(admin, { method: "GET", path: "/openapi/v3" });
    return stages.every(({ spec }) => body.includes(`"apis/${spec.resourceRef.apiGroup}"`));
  };
  await until("The kinds of operators were not described", isDescribed, signal);
  if (stages.length > 0) await play(args);
}

interface Observed {
  /** Null until somebody looks at it. */
  readonly status?: { readonly conditions?: readonly { type: string; status: string }[] | null };
}

async function isEstablished(admin: Admin, name: string): Promise<boolean> {
  const { status, body } = await call(admin, { method: "GET", path: `${definitionsPath}/${name}` });
  if (status !== 200) return false;
  const conditions = (JSON.parse(body) as Observed).status?.conditions ?? [];
  return conditions.some((one) => one.type === "Established" && one.status === "True");
}

/** The stages of kinds that did not exist when the cluster's own kwok started; it outlives this command. */
async function play({ files, stages, kwok, signal }: OperatorsArgs): Promise<void> {
  const options = { manageAllNodes: false, manageSingleNode: "none", nodeLeaseDurationSeconds: 0 };
  const configuration = { apiVersion: "config.kwok.x-k8s.io/v1alpha1", kind: "KwokConfiguration", options };
  writeWhole(
    files.operatorsConfig,
    [configuration, ...stages].map((one) => stringify(one, { lineWidth: 0 })).join("---\n"),
  );
  const log = openSync(files.operatorsLog, "w", 0o600);
  // The proof of ownership looks for the configuration at the end of the line.
  const argv = ["--kubeconfig", files.kubeconfig, "--config", files.operatorsConfig];
  const child = spawn(kwok, argv, {
    cwd: files.dir,
    env: { PATH: process.env.PATH, HOME: files.dir },
    stdio: ["ignore", log, log],
    detached: true,
  });
  closeSync(log);
  // What could not be started is missed below.
  child.once("error", () => {});
  child.unref();
  const said = () => readFileSync(files.operatorsLog, "utf8");
  const deadline = Date.now() + 60_000;
  while ((said().match(/watching stages/g)?.length ?? 0) < stages.length) {
    const alive = await ownProcesses(ownershipOf(files, undefined));
    if (!alive.some(({ role }) => role === "operators") || Date.now() > deadline)
      throw new LaunchError({
        what: "what plays the operators did not start",
        log: files.operatorsLog,
        tail: tailOf(said()),
      });
    await delay(50, undefined, { signal });
  }
}
